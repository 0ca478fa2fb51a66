/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.epoch.LeaderEpochHistory;
import io.sluice.log.producer.ProducerStates;
import io.sluice.log.segment.Segment;
import java.util.List;

/**
 * What a folder holds when its log is opened.
 *
 * @param segments oldest first; empty in a new log
 * @param logStartOffset the first offset that readers see
 * @param logEndOffset the offset of the next record
 * @param lastEpoch leader epoch of the last batch, -1 if unknown
 * @param recoveryPoint everything below it is forced to disk
 * @param cleanStop the folder says that the log was closed; the mark must go before anything is written
 */
public record Recovered(
        List<Segment> segments,
        long logStartOffset,
        long logEndOffset,
        int lastEpoch,
        long recoveryPoint,
        boolean cleanStop,
        LeaderEpochHistory epochs,
        ProducerStates producers) {}
