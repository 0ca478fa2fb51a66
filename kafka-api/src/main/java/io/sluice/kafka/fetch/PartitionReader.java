/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;
import io.sluice.log.LogView.EpochEnd;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at partitions for one fetch: checks epochs and bounds, counts what is there, and takes slices of it. No message, no lock. */
final class PartitionReader {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);

    private final Node node;
    private final boolean committedOnly;
    private final Bound bound;

    PartitionReader(Node node, boolean committedOnly) {
        this.node = node;
        this.committedOnly = committedOnly;
        this.bound = committedOnly ? Bound.LAST_STABLE_OFFSET : Bound.HIGH_WATERMARK;
    }

    Bound bound() {
        return bound;
    }

    long end(LogView view) {
        return committedOnly ? view.lastStableOffset() : view.highWatermark();
    }

    /** What keeps the partition from being read; null if nothing does. */
    PartitionRead obstacle(FetchPartition partition, MetadataImage image, PartitionHandle handle, LogView view) {
        TopicInfo topic = partition.topic(image);
        if (topic == null) {
            ErrorCode unknown = partition.byId() ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            return PartitionRead.failed(partition, unknown, null);
        }
        int index = partition.key.partition();
        if (index < 0 || index >= topic.partitions().size()) {
            return PartitionRead.failed(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        if (handle == null) {
            return PartitionRead.failed(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER, newLeader(topic, index));
        }
        int epoch = partition.currentLeaderEpoch;
        if (epoch >= 0 && epoch != handle.leaderEpoch()) {
            return epoch < handle.leaderEpoch()
                    ? PartitionRead.failed(partition, ErrorCode.FENCED_LEADER_EPOCH, newLeader(topic, index))
                    : PartitionRead.failed(partition, ErrorCode.UNKNOWN_LEADER_EPOCH, null);
        }
        if (!handle.leads()) {
            return outOfRangeOfFollower(partition, view);
        }
        return partition.lastFetchedEpoch >= 0 ? divergence(partition, view) : outOfRange(partition, view);
    }

    /**
     * Beyond its own log a follower can't say whether an offset is wrong or just has not reached it, nor where another log parts from its leader's:
     * both answers send the client back to the leader, who knows (KIP-392).
     */
    private static PartitionRead outOfRangeOfFollower(FetchPartition partition, LogView view) {
        if (partition.fetchOffset < view.logStartOffset()) {
            return PartitionRead.failed(partition, ErrorCode.OFFSET_OUT_OF_RANGE, null);
        }
        boolean known = partition.fetchOffset <= view.logEndOffset();
        if (known && partition.lastFetchedEpoch >= 0) {
            EpochEnd end = view.endOfEpoch(partition.lastFetchedEpoch);
            known = end.leaderEpoch() == partition.lastFetchedEpoch && end.endOffset() >= partition.fetchOffset;
        }
        return known ? null : PartitionRead.failed(partition, ErrorCode.OFFSET_NOT_AVAILABLE, null);
    }

    /** Whether a later leader may have what this one says that there is not. */
    static boolean isDoubtful(FetchPartition partition, PartitionHandle handle, PartitionRead obstacle) {
        boolean wrong = obstacle.error() == ErrorCode.OFFSET_OUT_OF_RANGE || obstacle.diverging() != null;
        return wrong
                && handle.leads()
                && (partition.lastFetchedEpoch > handle.leaderEpoch()
                        || partition.fetchOffset > handle.view().logEndOffset());
    }

    private Leadership newLeader(TopicInfo topic, int index) {
        Leadership leader = node.leadership(topic.id(), index);
        return leader.brokerId() >= 0 ? leader : null;
    }

    private PartitionRead divergence(FetchPartition partition, LogView view) {
        EpochEnd end = view.endOfEpoch(partition.lastFetchedEpoch);
        if (end.leaderEpoch() < 0 || end.endOffset() < 0) {
            return PartitionRead.failed(partition, ErrorCode.OFFSET_OUT_OF_RANGE, null);
        }
        if (end.leaderEpoch() < partition.lastFetchedEpoch || end.endOffset() < partition.fetchOffset) {
            return PartitionRead.diverged(partition, view, committedOnly, end);
        }
        return outOfRange(partition, view);
    }

    /**
     * What is not committed is in range, there is just nothing to read yet: a new leader's high watermark may for a moment be behind what its
     * clients have read from the one before.
     */
    private static PartitionRead outOfRange(FetchPartition partition, LogView view) {
        boolean inRange =
                partition.fetchOffset >= view.logStartOffset() && partition.fetchOffset <= view.logEndOffset();
        return inRange ? null : PartitionRead.failed(partition, ErrorCode.OFFSET_OUT_OF_RANGE, null);
    }

    /** Bytes that a fetch could get from the partition, as far as known without reading. */
    long available(FetchPartition partition, LogView view) {
        if (partition.fetchOffset >= end(view)) {
            return 0;
        }
        return Math.max(1, Math.min(partition.maxBytes, view.bytesFrom(partition.fetchOffset, bound)));
    }

    /** The client is sent to another replica. */
    PartitionRead elsewhere(FetchPartition partition, LogView view, int replica) {
        return PartitionRead.elsewhere(partition, view, committedOnly, replica);
    }

    /** Takes the slice. */
    PartitionRead read(FetchPartition partition, LogView view, int maxBytes, boolean atLeastOneBatch) {
        boolean nothing = partition.fetchOffset >= end(view) || (maxBytes <= 0 && !atLeastOneBatch);
        if (nothing) {
            return PartitionRead.of(partition, view, committedOnly, null);
        }
        try {
            LogSlice slice = view.read(partition.fetchOffset, Math.max(0, maxBytes), atLeastOneBatch, bound);
            if (slice.length() == 0) {
                slice.release();
                slice = null;
            }
            return PartitionRead.of(partition, view, committedOnly, slice);
        } catch (OffsetOutOfRangeException e) {
            return PartitionRead.failed(partition, ErrorCode.OFFSET_OUT_OF_RANGE, null);
        } catch (IOException e) {
            LOG.error(
                    "fetch failed: topic={} partition={} offset={}",
                    partition.key.topic(),
                    partition.key.partition(),
                    partition.fetchOffset,
                    e);
            return PartitionRead.failed(partition, ErrorCode.KAFKA_STORAGE_ERROR, null);
        }
    }
}
