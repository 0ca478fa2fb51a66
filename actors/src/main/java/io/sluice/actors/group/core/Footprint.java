/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.CommittedOffset;

/**
 * About how many bytes of heap a group takes, added up over all groups of the node. An estimate: objects at what they measure on a 64-bit JVM, texts
 * at a byte a character, whatever clients send at its length.
 */
final class Footprint {
    private static final int GROUP_BYTES = 900;
    private static final int MEMBER_BYTES = 500;
    private static final int GIVEN_OUT_ID_BYTES = 300;
    private static final int OFFSET_BYTES = 180;

    private final GroupMetrics metrics;
    private long bytes = GROUP_BYTES;
    private boolean counted;

    Footprint(GroupMetrics metrics) {
        this.metrics = metrics;
    }

    /** From now on the node's sum has it. */
    void beginCounting() {
        counted = true;
        metrics.memoryBytes().add(bytes);
    }

    void stopCounting() {
        if (counted) {
            counted = false;
            metrics.memoryBytes().add(-bytes);
        }
    }

    void change(long by) {
        bytes += by;
        if (counted) {
            metrics.memoryBytes().add(by);
        }
    }

    static long of(Member member) {
        long bytes = MEMBER_BYTES + 2L * member.id.length() + member.clientId.length() + member.assignment.length();
        for (Protocol offered : member.protocols) {
            bytes += 64 + offered.name().length() + offered.metadata().length();
        }
        return bytes;
    }

    /** Of an id that was given out. */
    static long of(String memberId) {
        return (long) GIVEN_OUT_ID_BYTES + memberId.length();
    }

    static long of(PartitionKey partition, CommittedOffset offset) {
        return (long) OFFSET_BYTES
                + partition.topic().length()
                + offset.metadata().length();
    }
}
