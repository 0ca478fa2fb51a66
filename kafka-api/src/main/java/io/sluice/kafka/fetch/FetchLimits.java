/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.cluster.config.BrokerSettings;

/**
 * The limits of fetching.
 *
 * @param responseBytesMax {@code fetch.max.bytes}: the most that a response carries, whatever the client asks for (one batch always fits)
 * @param sessionsMax {@code max.incremental.fetch.session.cache.slots}
 * @param sessionEvictionMs a session that is younger, or was used more recently, keeps its slot (Kafka's {@code min.incremental.fetch.session.eviction.ms})
 * @param waitingMax {@code sluice.waiting.fetches.max}: fetches that wait for data; more are answered at once, with what there is
 */
public record FetchLimits(int responseBytesMax, int sessionsMax, long sessionEvictionMs, int waitingMax) {
    private static final long EVICTION_MS = 120_000;

    public static FetchLimits of(BrokerSettings settings) {
        return new FetchLimits(
                settings.fetchMaxBytes(), settings.fetchSessionsMax(), EVICTION_MS, settings.waitingFetchesMax());
    }
}
