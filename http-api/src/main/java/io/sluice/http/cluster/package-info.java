/* SPDX-License-Identifier: Apache-2.0 */
/** The cluster and its nodes, as the node that is asked sees them. */
package io.sluice.http.cluster;
