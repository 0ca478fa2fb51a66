/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a subscriber wants.
 *
 * @param topics at least one; each named once
 * @param from where it begins in each partition
 * @param isolation how far it may look
 * @param filter which records it gets; offsets of the others are told as progress
 * @param policy what happens when it does not keep up
 * @param bufferBytes memory of records that wait for its demand, decoded and with what the JVM takes for them; one batch that is larger than that is
 *     held alone. {@link #DEFAULT_BUFFER} for {@code sluice.subscription.buffer.bytes}, which is also the most that it may ask for
 */
public record SubscriptionRequest(
        List<TopicSelection> topics,
        StartPosition from,
        Isolation isolation,
        RecordFilter filter,
        SlowReaderPolicy policy,
        int bufferBytes) {
    /** Ask for what the node's settings give. */
    public static final int DEFAULT_BUFFER = 0;

    public SubscriptionRequest {
        topics = List.copyOf(topics);
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(policy, "policy");
        if (bufferBytes < 0) {
            throw new IllegalArgumentException("bufferBytes is negative: " + bufferBytes);
        }
    }

    /** Every committed record of whole topics; a reader that does not keep up pauses. */
    public static SubscriptionRequest of(StartPosition from, String... topics) {
        return new SubscriptionRequest(
                Arrays.stream(topics).map(TopicSelection::all).toList(),
                from,
                Isolation.READ_COMMITTED,
                RecordFilter.ALL,
                SlowReaderPolicy.PAUSE,
                DEFAULT_BUFFER);
    }
}
