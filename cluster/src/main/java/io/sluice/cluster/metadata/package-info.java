/* SPDX-License-Identifier: Apache-2.0 */
/** Cluster metadata: a partition of records, replayed into an immutable image on every broker. */
package io.sluice.cluster.metadata;
