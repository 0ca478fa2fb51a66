/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

/**
 * The limits of fetching.
 *
 * @param responseBytesMax {@code fetch.max.bytes}: the most that a response carries, whatever the client asks for (one batch always fits)
 * @param sessionsMax {@code max.incremental.fetch.session.cache.slots}
 * @param sessionEvictionMs {@code min.incremental.fetch.session.eviction.ms}: a session younger or used more recently keeps its slot
 * @param waitingMax {@code sluice.fetch.waiting.max}: fetches that wait for data; more are answered at once, with what there is
 */
public record FetchLimits(int responseBytesMax, int sessionsMax, long sessionEvictionMs, int waitingMax) {
    public static final FetchLimits DEFAULTS = new FetchLimits(55 << 20, 1_000, 120_000, 100_000);
}
