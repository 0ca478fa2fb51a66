/* SPDX-License-Identifier: Apache-2.0 */
/** A node of the cluster. */
package io.sluice.cluster;
