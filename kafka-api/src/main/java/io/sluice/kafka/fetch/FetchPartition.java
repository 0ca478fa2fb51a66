/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.LogView.Bound;
import java.util.UUID;
import org.apache.kafka.common.message.FetchRequestData;

/**
 * A partition that a client fetches, as it asked last, and what it was told last. Lives as long as its session; used by one fetch
 * at a time.
 */
final class FetchPartition {
    private static final long UNKNOWN = -1;

    /**
     * Which partition: by name up to version 12, by id from 13 on.
     *
     * @param topic a {@code String} or a {@code UUID}
     */
    record Key(Object topic, int partition) {}

    final Key key;
    long fetchOffset;
    int maxBytes;
    int currentLeaderEpoch;
    int lastFetchedEpoch;

    /** What the client knows; -1 if it must be told. */
    long sentHighWatermark = UNKNOWN;

    long sentLogStartOffset = UNKNOWN;

    private MetadataImage image;
    private TopicInfo topic;

    /** Where the session's waiter is registered, or null; and for what. */
    private PartitionHandle registeredAt;

    private long registeredOffset;
    private Bound registeredBound;

    FetchPartition(Key key) {
        this.key = key;
    }

    /** What the client asks for now. */
    void ask(FetchRequestData.FetchPartition request) {
        fetchOffset = request.fetchOffset();
        maxBytes = request.partitionMaxBytes();
        if (currentLeaderEpoch != request.currentLeaderEpoch() || lastFetchedEpoch != request.lastFetchedEpoch()) {
            // To be checked anew, even if nothing has happened at the partition.
            registeredOffset = UNKNOWN;
        }
        currentLeaderEpoch = request.currentLeaderEpoch();
        lastFetchedEpoch = request.lastFetchedEpoch();
    }

    boolean byId() {
        return key.topic() instanceof UUID;
    }

    /** The topic in the image, or null. Looked up once an image. */
    @SuppressWarnings("ReferenceEquality") // an image is never changed, only replaced
    TopicInfo topic(MetadataImage newest) {
        if (newest != image) {
            image = newest;
            topic = (byId() ? newest.topic((UUID) key.topic()) : newest.topic((String) key.topic())).orElse(null);
        }
        return topic;
    }

    // Waiting

    PartitionHandle registeredAt() {
        return registeredAt;
    }

    void registered(PartitionHandle handle, long offset, Bound bound) {
        registeredAt = handle;
        registeredOffset = offset;
        registeredBound = bound;
    }

    void unregistered() {
        registeredAt = null;
    }

    /** Whether nothing can have changed: the waiter is registered for exactly what is asked for, and was not called. */
    boolean isQuiet(Bound bound) {
        return registeredAt != null && registeredOffset == fetchOffset && registeredBound == bound;
    }

    boolean isRegistered(PartitionHandle handle, Bound bound) {
        return handle.equals(registeredAt) && registeredBound == bound;
    }
}
