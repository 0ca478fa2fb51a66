/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/**
 * A record is in its topic.
 *
 * @param record as it came
 * @param sequence its number among the producer's records
 * @param partition that it went to
 * @param offset that it has; {@link Record#NO_OFFSET} if the record came again so late that nobody knows any more
 * @param duplicate it was there already: the answer to an earlier try was lost, or a producer of this name had a record under this number before
 */
public record Acknowledgement(Record record, long sequence, int partition, long offset, boolean duplicate) {}
