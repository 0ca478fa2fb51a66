/* SPDX-License-Identifier: Apache-2.0 */
/** Records as server-sent events. */
package io.sluice.http.stream;
