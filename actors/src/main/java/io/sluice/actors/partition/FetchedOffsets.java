/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.Arrays;

/**
 * How far each follower has fetched from a leader: written by the partition's thread with every fetch, read by any. A broker's place is made once, after
 * that a fetch costs one volatile write.
 */
final class FetchedOffsets {
    private static final long NOTHING = -1;

    private static final class Follower {
        final int broker;
        volatile long offset;

        Follower(int broker, long offset) {
            this.broker = broker;
            this.offset = offset;
        }
    }

    private volatile Follower[] followers = {};

    /** On the partition's thread. */
    void fetched(int broker, long offset) {
        for (Follower follower : followers) {
            if (follower.broker == broker) {
                follower.offset = offset;
                return;
            }
        }
        Follower[] more = Arrays.copyOf(followers, followers.length + 1);
        more[followers.length] = new Follower(broker, offset);
        followers = more;
    }

    /** The offset of the broker's last fetch; -1 if there was none. */
    long of(int broker) {
        for (Follower follower : followers) {
            if (follower.broker == broker) {
                return follower.offset;
            }
        }
        return NOTHING;
    }
}
