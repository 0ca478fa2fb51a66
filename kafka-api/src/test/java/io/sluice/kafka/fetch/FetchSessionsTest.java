/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who gets a slot where all are taken: the rules of KIP-227. */
class FetchSessionsTest {
    private static final int SLOTS = 3;
    private static final long EVICTION_MS = 120_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long nowMs = 1_000_000;
    private final FetchSessions sessions = new FetchSessions(
            new FetchLimits(1 << 20, SLOTS, EVICTION_MS, 100), () -> Instant.ofEpochMilli(nowMs), meters);

    private FetchSession session(int partitions) {
        FetchSession session = sessions.create(partitions, true);
        for (int i = 0; i < partitions; i++) {
            session.partition(new FetchPartition.Key("orders", i));
        }
        return session;
    }

    private boolean isThere(FetchSession session) {
        return sessions.use(session.id()) != null;
    }

    private double count(String name) {
        return meters.get("sluice.kafka.fetch.sessions." + name).counter().count();
    }

    @Test
    void youngSessionsKeepTheirSlotsEvenAgainstALargerOne() {
        // Given
        session(1);
        session(2);
        session(3);

        // When
        nowMs += EVICTION_MS;
        FetchSession fourth = session(100);

        // Then
        assertThat(fourth.isKept()).isFalse();
        assertThat(sessions.count()).isEqualTo(SLOTS);
        assertThat(count("refused")).isEqualTo(1);
        assertThat(count("evicted")).isZero();
    }

    @Test
    void theOneThatWasUsedLongestAgoGoesFirstHoweverLargeItIs() {
        // Given: the second was not used since the third was made
        FetchSession first = session(1);
        nowMs += 10;
        FetchSession second = session(50);
        FetchSession third = session(1);
        nowMs += 10;
        sessions.use(first.id());

        // When
        nowMs += EVICTION_MS;
        FetchSession fourth = session(1);

        // Then
        assertThat(fourth.isKept()).isTrue();
        assertThat(isThere(second)).isFalse();
        assertThat(isThere(first)).isTrue();
        assertThat(isThere(third)).isTrue();
        assertThat(count("evicted")).isEqualTo(1);
    }

    @Test
    void ofSessionsInUseTheSmallestOldOneGoesForALargerOne() {
        // Given: all are in use, one is young
        FetchSession large = session(10);
        FetchSession small = session(3);
        nowMs += EVICTION_MS;
        FetchSession youngAndSmall = session(1);
        nowMs += 1;
        sessions.use(large.id());
        sessions.use(small.id());

        // When
        FetchSession same = session(3);
        FetchSession larger = session(4);

        // Then
        assertThat(same.isKept()).as("no larger than the smallest old one").isFalse();
        assertThat(larger.isKept()).isTrue();
        assertThat(isThere(small)).isFalse();
        assertThat(isThere(large)).isTrue();
        assertThat(isThere(youngAndSmall)).isTrue();
    }

    @Test
    void aSessionCountsAsLargeAsItHasBecome() {
        // Given: one that was small has grown meanwhile
        FetchSession grown = session(1);
        for (int i = 0; i < 20; i++) {
            grown.partition(new FetchPartition.Key("payments", i));
        }
        FetchSession middle = session(5);
        FetchSession large = session(9);
        nowMs += EVICTION_MS + 1;
        sessions.use(grown.id());
        sessions.use(middle.id());
        sessions.use(large.id());

        // When
        FetchSession newcomer = session(8);

        // Then
        assertThat(newcomer.isKept()).isTrue();
        assertThat(isThere(middle)).isFalse();
        assertThat(isThere(grown)).isTrue();
    }

    @Test
    void aClosedSessionLeavesItsSlotAtOnce() {
        // Given
        FetchSession first = session(1);
        session(1);
        session(1);

        // When
        sessions.close(first.id());
        FetchSession next = session(1);

        // Then
        assertThat(next.isKept()).isTrue();
        assertThat(count("evicted")).isZero();
    }
}
