/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.kafka.api.ConnectionStates;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The partitions that the client of one connection was sent to a closer replica for. A client that is soon back was not served there, whatever the reason:
 * then its leader serves it for a while, so that it is not sent to and fro.
 *
 * <pre>
 *   HERE --- sent ---> AWAY --- back within 60 s ---> KEPT for 30 s ---> HERE
 *    ^                  |
 *    +--- back later ---+   (the client asks anew from time to time, after metadata.max.age.ms: 5 minutes)
 * </pre>
 *
 * On the connection's event loop only.
 */
final class Redirects implements ConnectionStates.State {
    /** A client that comes back earlier than this was not served. */
    static final long SOON_MS = 60_000;

    /** For so long it is served by the leader then. */
    static final long KEPT_MS = 30_000;

    /** Partitions that are remembered; of those that were sent longest ago it is forgotten. */
    static final int PARTITIONS_MAX = 10_000;

    private static final long NOT_AWAY = Long.MIN_VALUE;

    private static final class Redirect {
        long sentMs = NOT_AWAY;
        long keptUntilMs = Long.MIN_VALUE;
    }

    private final InstantSource clock;
    private final RedirectMetrics metrics;

    private final Map<FetchPartition.Key, Redirect> byPartition = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FetchPartition.Key, Redirect> eldest) {
            return size() > PARTITIONS_MAX;
        }
    };

    Redirects(InstantSource clock, RedirectMetrics metrics) {
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Whether the client, which asks for the partition here and now, may be sent elsewhere. */
    boolean mayBeSent(FetchPartition.Key partition) {
        Redirect redirect = byPartition.get(partition);
        if (redirect == null) {
            return true;
        }
        long nowMs = clock.millis();
        if (redirect.sentMs != NOT_AWAY) {
            if (nowMs - redirect.sentMs < SOON_MS) {
                redirect.keptUntilMs = nowMs + KEPT_MS;
                metrics.returned();
            }
            redirect.sentMs = NOT_AWAY;
        }
        return nowMs >= redirect.keptUntilMs;
    }

    /** It was. */
    void sent(FetchPartition.Key partition) {
        Redirect redirect = byPartition.remove(partition);
        if (redirect == null) {
            redirect = new Redirect();
        }
        redirect.sentMs = clock.millis();
        byPartition.put(partition, redirect);
        metrics.sent();
    }

    @Override
    public void connectionClosed() {
        byPartition.clear();
    }
}
