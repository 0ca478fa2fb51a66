/* SPDX-License-Identifier: Apache-2.0 */
/** Topics: listed, described, made, changed, deleted. */
package io.sluice.http.topic;
