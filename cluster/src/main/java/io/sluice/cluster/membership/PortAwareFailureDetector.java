/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.event.EventStream;
import akka.remote.PhiAccrualFailureDetector;
import com.typesafe.config.Config;

/**
 * Akka's failure detector, and besides: a node whose port refuses connections is gone at once, without waiting for the heartbeats to be
 * missed. Akka makes one for each peer.
 */
public final class PortAwareFailureDetector extends PhiAccrualFailureDetector {
    private volatile boolean refused;

    /** As Akka makes it. */
    public PortAwareFailureDetector(Config config, EventStream events) {
        super(config, events);
    }

    void refused(boolean now) {
        refused = now;
    }

    @Override
    public boolean isAvailable() {
        return !refused && super.isAvailable();
    }
}
