/* SPDX-License-Identifier: Apache-2.0 */
/** Records over REST: stateless reads by explicit offset, and producing. */
package io.sluice.http.record;
