/* SPDX-License-Identifier: Apache-2.0 */
/** Configuration: every key that is known, with type, default, bounds and meaning. */
package io.sluice.cluster.config;
