/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

/**
 * A read that is to be done now, and to be reported by one of {@code readDone}, {@code deleted}, {@code lost}.
 *
 * @param partition index of the partition
 * @param offset to read from
 * @param maxBytes of decoded batches; one batch may be more
 * @param generation of the partition's position: after a seek or a pause the answer is of no use
 */
public record ReadOrder(int partition, long offset, int maxBytes, int generation) {}
