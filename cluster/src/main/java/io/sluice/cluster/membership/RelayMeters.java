/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a relay of requests to another node counts. Written by the relay, read by any thread. */
public final class RelayMeters {
    /** Requests of this node that wait for their answer. */
    public final AtomicInteger waiting = new AtomicInteger();

    /** Requests refused because too many waited. */
    public final LongAdder refused = new LongAdder();

    /** Requests and answers that were too large to be passed on. */
    public final LongAdder tooLarge = new LongAdder();
}
