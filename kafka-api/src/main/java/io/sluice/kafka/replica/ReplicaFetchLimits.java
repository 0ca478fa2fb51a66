/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.cluster.config.BrokerSettings;

/**
 * The limits of fetching between brokers.
 *
 * @param partitionMaxBytes {@code replica.fetch.max.bytes}: of one partition in one response; one batch always fits
 * @param responseMaxBytes {@code replica.fetch.response.max.bytes}: records of one response; the first partition's always fit
 * @param socketTimeoutMs {@code replica.socket.timeout.ms}: a connection on which nothing has come for so long is given up
 * @param heldMaxBytes {@code sluice.replica.fetch.memory.max.bytes}: fetched from one broker and not written yet; beyond that it is not read from
 * @param requestMaxBytes {@code socket.request.max.bytes}: the largest batch can't be larger
 * @param readers those of reading what other brokers lead, for readers that are no replicas
 */
public record ReplicaFetchLimits(
        int partitionMaxBytes,
        int responseMaxBytes,
        long socketTimeoutMs,
        long heldMaxBytes,
        int requestMaxBytes,
        Readers readers) {
    /**
     * Of readers on one broker of what another one leads.
     *
     * @param reads {@code sluice.remote.reads.max}: under way at one time, until their records are released; later ones wait
     * @param waiting {@code sluice.remote.waiting.max}: that wait for records; others are told at once, and ask again after a while
     * @param answers {@code sluice.remote.answers.max}: that wait for a response; a broker that asks for more does not take what it asked for
     */
    public record Readers(int reads, int waiting, int answers) {
        public static final Readers DEFAULTS = new Readers(32, 100_000, 100_000);
    }

    /** What a response has besides records, at most. */
    private static final int OVERHEAD_MAX_BYTES = 1 << 20;

    /** With the default limits of readers. */
    public ReplicaFetchLimits(
            int partitionMaxBytes, int responseMaxBytes, long socketTimeoutMs, long heldMaxBytes, int requestMaxBytes) {
        this(partitionMaxBytes, responseMaxBytes, socketTimeoutMs, heldMaxBytes, requestMaxBytes, Readers.DEFAULTS);
    }

    public static ReplicaFetchLimits of(BrokerSettings settings) {
        return new ReplicaFetchLimits(
                settings.replicaFetchMaxBytes(),
                settings.replicaFetchResponseMaxBytes(),
                settings.replicaSocketTimeoutMs(),
                settings.replicaFetchMemoryMaxBytes(),
                settings.socketRequestMaxBytes(),
                new Readers(
                        settings.intValue("sluice.remote.reads.max"),
                        settings.intValue("sluice.remote.waiting.max"),
                        settings.intValue("sluice.remote.answers.max")));
    }

    /** How long a broker that has nothing to say may keep a request, so that either side sees that the other is there. */
    int maxWaitMs() {
        return (int) Math.min(Integer.MAX_VALUE, socketTimeoutMs / 3);
    }

    /** No response is larger. */
    int frameMaxBytes() {
        long max = (long) responseMaxBytes + Math.max(partitionMaxBytes, requestMaxBytes) + OVERHEAD_MAX_BYTES;
        return (int) Math.min(Integer.MAX_VALUE, max);
    }
}
