/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.membership.Leaderships;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WhoLeadsTest {
    private static final UUID TOPIC = new UUID(6, 6);
    private static final int SELF = 2;

    private final Leaderships leaderships = new Leaderships();

    /** Leads, or follows, in epoch 1. */
    private final PartitionHandle here = new FakeLeader(TOPIC, 0);

    private Node.Leadership told(PartitionHandle led, PartitionHandle followed) {
        return WhoLeads.of(SELF, led, followed, leaderships.leader(TOPIC, 0));
    }

    @Test
    void nothingIsKnown() {
        assertThat(told(null, null)).isEqualTo(Node.Leadership.NONE);
    }

    @Test
    void anotherLeads() {
        leaderships.led(TOPIC, 0, 3, 22);
        assertThat(told(null, here)).isEqualTo(new Node.Leadership(3, 22));
    }

    @Test
    void thisNodeLeads() {
        assertThat(told(here, null)).isEqualTo(new Node.Leadership(SELF, 1));
    }

    @Test
    void whoLedHereAndHasHeardOfANewerLeaderNamesThatOne() {
        leaderships.led(TOPIC, 0, 3, 22);
        assertThat(told(here, null)).isEqualTo(new Node.Leadership(3, 22));
    }

    @Test
    void theEpochOutlivesItsLeader() {
        leaderships.led(TOPIC, 0, 3, 22);
        leaderships.left(TOPIC, 0, 3, 22);
        assertThat(told(null, here)).isEqualTo(new Node.Leadership(-1, 22));
    }

    @Test
    void afterAStartTheEpochIsThatOfTheReplica() {
        assertThat(told(null, here)).isEqualTo(new Node.Leadership(-1, 1));
    }
}
