/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.record.Acks;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.record.NewRecord;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.ProduceFrame;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ProduceSessionTest {
    private static final int FRAME_BYTES = 100;
    private static final List<NewRecord> RECORDS = List.of(new NewRecord(0, 0, null, new byte[1], List.of()));
    private static final List<ServerFrame.Placed> PLACED = List.of(new ServerFrame.Placed(0, 7, false, null));
    private static final ProduceOutcome WRITTEN = ProduceOutcome.written(PLACED);
    private static final ProduceOutcome LOST = ProduceOutcome.refused("NO_LEADER", "nobody leads");

    private final List<ProduceEffect> effects = new ArrayList<>();
    private final ProduceSession session = new ProduceSession(300, effects::add);

    private static ProduceFrame frame(String id, Acks acks) {
        return new ProduceFrame(id, "orders", acks, null, RECORDS, FRAME_BYTES);
    }

    private static ProduceFrame named(String id, String producer, long sequence) {
        return new ProduceFrame(id, "orders", Acks.ALL, new NamedProducer(producer, sequence), RECORDS, FRAME_BYTES);
    }

    private List<String> taken() {
        List<String> taken = effects.stream().map(ProduceSessionTest::print).toList();
        effects.clear();
        return taken;
    }

    private static String print(ProduceEffect effect) {
        if (effect instanceof ProduceEffect.Append append) {
            return "append " + append.number() + " " + append.frame().id();
        } else if (effect instanceof ProduceEffect.Close close) {
            return "close " + close.code();
        }
        ServerFrame frame = ((ProduceEffect.Send) effect).frame();
        if (frame instanceof ServerFrame.Produced produced) {
            return "produced " + produced.id();
        } else if (frame instanceof ServerFrame.NotProduced not) {
            return not.code() + " " + not.id();
        } else if (frame instanceof ServerFrame.Error error) {
            return error.code() + " " + error.id();
        }
        return "bye " + ((ServerFrame.Bye) frame).to();
    }

    @Test
    void framesWithoutNumbersAreHandedOverAsTheyComeAndAnsweredAsTheyAreDone() {
        // When
        session.onFrame(frame("a", Acks.ALL));
        session.onFrame(frame("b", Acks.LEADER));
        session.onFrame(frame("c", Acks.NONE));
        session.onOutcome(3, WRITTEN);
        session.onOutcome(2, LOST);
        session.onOutcome(1, WRITTEN);

        // Then
        assertThat(taken()).containsExactly("append 1 a", "append 2 b", "append 3 c", "NO_LEADER b", "produced a");
    }

    @Test
    void framesOfANamedProducerGoOneByOneAndOthersDoNotWaitForThem() {
        // When
        session.onFrame(named("a", "x", 0));
        session.onFrame(named("b", "x", 1));
        session.onFrame(named("c", "y", 5));
        List<String> first = taken();
        session.onOutcome(1, WRITTEN);

        // Then
        assertThat(first).containsExactly("append 1 a", "append 2 c");
        assertThat(taken()).containsExactly("produced a", "append 3 b");
    }

    @Test
    void whatStandsBehindAFrameThatIsNotWrittenIsRefusedUntilThatComesAgain() {
        // Given
        session.onFrame(named("a", "x", 10));
        session.onFrame(named("b", "x", 11));
        session.onOutcome(1, LOST);
        List<String> refused = taken();

        // When
        session.onFrame(named("c", "x", 12));
        session.onFrame(named("old", "x", 9));
        session.onOutcome(2, WRITTEN);
        session.onFrame(named("d", "x", 12));
        session.onFrame(named("a again", "x", 10));
        session.onFrame(named("b again", "x", 11));
        session.onOutcome(3, WRITTEN);

        // Then
        assertThat(refused).containsExactly("append 1 a", "NO_LEADER a", "OUT_OF_ORDER b");
        assertThat(taken())
                .containsExactly(
                        "OUT_OF_ORDER c",
                        "append 2 old",
                        "produced old",
                        "OUT_OF_ORDER d",
                        "append 3 a again",
                        "produced a again",
                        "append 4 b again");
    }

    @Test
    void theClientIsNotReadWhileTooMuchWaitsForAnswers() {
        // When
        session.onFrame(named("a", "x", 0));
        session.onFrame(named("b", "x", 1));
        boolean below = session.wantsMore();
        session.onFrame(named("c", "x", 2));
        boolean at = session.wantsMore();
        session.onOutcome(1, LOST);

        // Then
        assertThat(below).isTrue();
        assertThat(at).isFalse();
        assertThat(session.wantsMore()).isTrue();
    }

    @Test
    void whenTheNodeStopsWhatPartitionsHaveIsAnsweredBeforeTheBye() {
        // Given
        session.onFrame(named("a", "x", 0));
        session.onFrame(named("b", "x", 1));
        taken();

        // When
        session.onStop("the node stops", List.of("ws://other:1/v1/produce"));
        session.onFrame(frame("c", Acks.ALL));
        List<String> before = taken();
        session.onOutcome(1, WRITTEN);

        // Then
        assertThat(before).isEmpty();
        assertThat(taken())
                .containsExactly("produced a", "bye [ws://other:1/v1/produce]", "close " + CloseCode.GOING_AWAY);
    }

    @Test
    void thereAreOnlySoManyNamedProducersThatWrite() {
        // Given
        for (int i = 0; i < ProduceSession.MAX_PRODUCERS; i++) {
            session.onFrame(named("f", "p" + i, 0));
        }
        taken();

        // When
        session.onFrame(named("more", "another", 0));
        session.onOutcome(1, WRITTEN);
        session.onFrame(named("later", "another", 0));

        // Then
        assertThat(taken()).containsExactly("TOO_MANY_PRODUCERS more", "produced f", "append 101 later");
    }

    @Test
    void whatIsNoFrameIsTold() {
        // When
        session.onMalformed(new FrameException("a", "records: missing"));

        // Then
        assertThat(taken()).containsExactly("MALFORMED_FRAME a");
    }

    /** A log of one named producer, whose client sends what failed again, in order: nothing is left out, whatever fails. */
    @Property(tries = 500)
    void aLogNeverHasALaterFrameWithoutTheEarlierOnes(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<ProduceEffect> todo = new ArrayList<>();
        ProduceSession rig = new ProduceSession(1 << 20, todo::add);
        List<Long> log = new ArrayList<>();
        long sent = 0;
        long resend = -1;
        int answers = 0;

        // When
        for (int step = 0; step < 400; step++) {
            if (resend >= 0) {
                for (long sequence = resend; sequence < sent; sequence++) {
                    rig.onFrame(named(Long.toString(sequence), "x", sequence));
                }
                resend = -1;
            } else if (random.nextInt(3) == 0) {
                rig.onFrame(named(Long.toString(sent), "x", sent));
                sent++;
            }
            if (todo.isEmpty()) {
                continue;
            }
            ProduceEffect effect = todo.remove(0);
            if (effect instanceof ProduceEffect.Append append) {
                boolean written = random.nextInt(4) > 0;
                long sequence = append.frame().producer().sequence();
                if (written && !log.contains(sequence)) {
                    log.add(sequence);
                }
                rig.onOutcome(append.number(), written ? WRITTEN : LOST);
            } else if (effect instanceof ProduceEffect.Send send
                    && send.frame() instanceof ServerFrame.NotProduced not) {
                // the first that failed, once nothing of it is on its way any more
                if (todo.isEmpty() || answers++ % 7 == 0) {
                    resend = log.size();
                }
                assertThat(not.id()).isNotNull();
            }
        }

        // Then
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i)).as("seed %d: %s", seed, log).isEqualTo(i);
        }
    }
}
