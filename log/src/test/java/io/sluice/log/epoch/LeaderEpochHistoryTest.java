/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.LogCorruptException;
import io.sluice.log.LogView.EpochEnd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LeaderEpochHistoryTest {
    private static final LeaderEpochHistory HISTORY =
            LeaderEpochHistory.EMPTY.assign(2, 10).assign(5, 20).assign(6, 35);

    @Test
    void anEpochEndsWhereTheNextBegins() {
        assertThat(HISTORY.endOfEpoch(2, 50)).isEqualTo(new EpochEnd(2, 20));
        assertThat(HISTORY.endOfEpoch(5, 50)).isEqualTo(new EpochEnd(5, 35));
    }

    @Test
    void theLastEpochEndsAtTheLogsEnd() {
        assertThat(HISTORY.endOfEpoch(6, 50)).isEqualTo(new EpochEnd(6, 50));
    }

    @Test
    void anEpochThatWroteNothingIsAnsweredWithTheOneBeforeIt() {
        assertThat(HISTORY.endOfEpoch(4, 50)).isEqualTo(new EpochEnd(2, 20));
        assertThat(HISTORY.endOfEpoch(9, 50)).isEqualTo(new EpochEnd(6, 50));
    }

    @Test
    void anEpochOlderThanTheHistoryEndsWhereItBegins() {
        assertThat(HISTORY.endOfEpoch(1, 50)).isEqualTo(new EpochEnd(1, 10));
    }

    @Test
    void anEmptyHistoryKnowsNothing() {
        assertThat(LeaderEpochHistory.EMPTY.endOfEpoch(1, 50)).isEqualTo(new EpochEnd(-1, -1));
        assertThat(LeaderEpochHistory.EMPTY.epochAt(3)).isEqualTo(-1);
    }

    @Test
    void anEpochThatWroteNothingGivesWayToTheNext() {
        // When
        LeaderEpochHistory history = HISTORY.assign(7, 35);

        // Then
        assertThat(history.entries())
                .containsExactly(
                        new LeaderEpochHistory.Entry(2, 10),
                        new LeaderEpochHistory.Entry(5, 20),
                        new LeaderEpochHistory.Entry(7, 35));
    }

    @Test
    void anOlderEpochIsNotTaken() {
        assertThatThrownBy(() -> HISTORY.assign(5, 60)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyDamagedByteOfTheFileIsFound() {
        ByteBuffer good = HISTORY.encode();
        for (int at = 0; at < good.limit(); at++) {
            if (at == 6 || at == 7) {
                continue; // reserved
            }
            ByteBuffer bad =
                    ByteBuffer.allocate(good.limit()).put(good.duplicate()).flip();
            bad.put(at, (byte) (bad.get(at) ^ 0x01));
            assertThatThrownBy(() -> LeaderEpochHistory.decode(bad, "leader-epochs"))
                    .as("byte %d", at)
                    .isInstanceOf(LogCorruptException.class);
            ByteBuffer cut = good.duplicate().limit(at);
            assertThatThrownBy(() -> LeaderEpochHistory.decode(cut, "leader-epochs"))
                    .as("cut at %d", at)
                    .isInstanceOf(LogCorruptException.class);
        }
    }

    /** The model is the log itself: the epoch of each offset. */
    @Property(tries = 500)
    void agreesWithTheLogItDescribes(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Integer> log = new ArrayList<>();
        int start = 0;
        int epoch = 0;
        LeaderEpochHistory history = LeaderEpochHistory.EMPTY;
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    int end = start + random.nextInt(log.size() - start + 1);
                    log.subList(end, log.size()).clear();
                    history = history.truncateFromEnd(end);
                }
                case 1 -> {
                    start += random.nextInt(log.size() - start + 1);
                    history = history.truncateFromStart(start);
                }
                case 2 -> history = LeaderEpochHistory.decode(history.encode(), "leader-epochs");
                default -> {
                    epoch = Math.max(epoch, history.lastEpoch()) + random.nextInt(3);
                    history = history.assign(epoch, log.size());
                    for (int records = random.nextInt(4); records > 0; records--) {
                        log.add(epoch);
                    }
                }
            }
            assertAgrees(history, log, start, "seed " + seed + ", step " + step + ", " + history + ", log " + log);
        }
    }

    private static void assertAgrees(LeaderEpochHistory history, List<Integer> log, int start, String where) {
        for (int offset = start; offset < log.size(); offset++) {
            assertThat(history.epochAt(offset)).as(where + ", offset " + offset).isEqualTo(log.get(offset));
        }
        for (int epoch = 0; epoch <= history.lastEpoch(); epoch++) {
            int end = start;
            for (int offset = start; offset < log.size(); offset++) {
                if (log.get(offset) <= epoch) {
                    end = offset + 1;
                }
            }
            if (epoch >= history.firstEpoch()) {
                assertThat(history.endOfEpoch(epoch, log.size()).endOffset())
                        .as(where + ", epoch " + epoch)
                        .isEqualTo(end);
            }
        }
    }
}
