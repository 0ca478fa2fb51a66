/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

/** Whose offsets a description has: the parameter {@code offsets}. */
enum Offsets {
    /** Those of partitions that this node leads. */
    HERE,
    /** The other leaders are asked for theirs. */
    ALL
}
