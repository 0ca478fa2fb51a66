/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what consumers read elsewhere than at leaders. */
final class RedirectMetrics {
    private final Counter sent;
    private final Counter returned;
    private final Counter followerBytes;

    RedirectMetrics(MeterRegistry meters) {
        sent = Counter.builder("sluice.kafka.fetch.redirects")
                .description("partitions that consumers were sent to a closer replica for")
                .register(meters);
        returned = Counter.builder("sluice.kafka.fetch.redirects.returned")
                .description("partitions that consumers soon came back for: the closer replica did not serve them")
                .register(meters);
        followerBytes = Counter.builder("sluice.kafka.fetch.follower.bytes")
                .description("bytes of records that consumers read from followers here")
                .register(meters);
    }

    void sent() {
        sent.increment();
    }

    void returned() {
        returned.increment();
    }

    void servedByFollower(int bytes) {
        if (bytes > 0) {
            followerBytes.increment(bytes);
        }
    }
}
