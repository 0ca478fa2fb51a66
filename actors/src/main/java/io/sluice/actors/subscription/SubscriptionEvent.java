/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.log.batch.Record;
import java.util.List;
import java.util.Objects;

/** What a subscription delivers. In each partition every offset from the start on is covered once: by records, as progress, or by a gap. */
public sealed interface SubscriptionEvent {
    String topic();

    int partition();

    /** Where the subscriber is once it has this event: the next offset of the partition. */
    long nextOffset();

    /**
     * Records that matched, of one batch or of several that were read together, in the order of the log. Their buffers are views of memory that subscribers share: read them by index, or
     * duplicate them; never move their positions. They stay valid as long as they are referenced.
     *
     * @param records at least one
     * @param nextOffset after them and after what did not match behind them
     * @param batch what {@code records} is all of, for encoders that keep their result with it ({@link DecodedBatch#encoded}); null if these are
     *     only some of a batch's records
     */
    record Records(String topic, int partition, List<Record> records, long nextOffset, DecodedBatch batch)
            implements SubscriptionEvent {
        public Records {
            Objects.requireNonNull(records, "records");
        }

        /** Some records of a batch. */
        public Records(String topic, int partition, List<Record> records, long nextOffset) {
            this(topic, partition, records, nextOffset, null);
        }
    }

    /** Nothing matched up to there, or there was nothing to deliver: control records, offsets that compaction has removed. */
    record Progress(String topic, int partition, long nextOffset) implements SubscriptionEvent {}

    /** Offsets from {@code fromOffset} up to but without {@code toOffset} were left out. */
    record Gap(String topic, int partition, long fromOffset, long toOffset, GapReason reason)
            implements SubscriptionEvent {
        @Override
        public long nextOffset() {
            return toOffset;
        }
    }

    /** Why offsets were left out. */
    enum GapReason {
        /** The subscriber did not keep up and chose {@link SlowReaderPolicy#DROP}. */
        DROPPED,

        /** Retention, or DeleteRecords, removed them before they were read. */
        DELETED
    }
}
