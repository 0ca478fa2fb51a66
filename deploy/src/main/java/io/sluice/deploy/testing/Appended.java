/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

/**
 * Where a record is that was appended.
 *
 * @param offset -1 if it is not known any more: it was appended, and its answer lost for long
 */
public record Appended(String topic, int partition, long offset) {}
