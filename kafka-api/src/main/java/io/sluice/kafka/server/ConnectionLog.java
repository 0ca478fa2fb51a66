/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each connection that is closed for cause, and for each request that fails; under a flood of them a bounded number a second, and
 * how many were left out. */
final class ConnectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);

    private static final int LINES_PER_SECOND_MAX = 100;

    private final AtomicLong second = new AtomicLong();
    private final AtomicInteger lines = new AtomicInteger();
    private final AtomicInteger leftOut = new AtomicInteger();

    void closed(Connection connection, String reason) {
        if (mayWrite()) {
            LOG.warn("connection closed: connection={} reason={}", connection, reason);
        }
    }

    void failed(Connection connection, short apiKey, short version, Throwable cause) {
        if (mayWrite()) {
            LOG.error("request failed: connection={} apiKey={} version={}", connection, apiKey, version, cause);
        }
    }

    private boolean mayWrite() {
        long now = System.nanoTime() / 1_000_000_000L;
        if (second.getAndSet(now) != now) {
            lines.set(0);
            int missed = leftOut.getAndSet(0);
            if (missed > 0) {
                LOG.warn("{} more lines about connections and requests were left out within the last seconds", missed);
            }
        }
        if (lines.incrementAndGet() <= LINES_PER_SECOND_MAX) {
            return true;
        }
        leftOut.incrementAndGet();
        return false;
    }
}
