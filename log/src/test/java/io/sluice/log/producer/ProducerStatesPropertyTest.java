/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random producers against a model that remembers everything they ever wrote, with sequence numbers that never wrap:
 * fresh, repeated, skipped, fenced batches, new epochs, failed writes, restarts.
 */
class ProducerStatesPropertyTest {
    private static final long CIRCLE = 1L << 31;
    private static final int STEPS = 120;

    /** A batch with sequence numbers that count on beyond 2^31-1. */
    private record Written(long firstSequence, long lastSequence, long lastOffset) {
        int baseSequence() {
            return (int) (firstSequence % CIRCLE);
        }

        int endSequence() {
            return (int) (lastSequence % CIRCLE);
        }
    }

    private static final class ModelProducer {
        int epoch;
        final List<Written> all = new ArrayList<>();

        ModelProducer copy() {
            ModelProducer copy = new ModelProducer();
            copy.epoch = epoch;
            copy.all.addAll(all);
            return copy;
        }

        long next() {
            return all.isEmpty() ? 0 : all.get(all.size() - 1).lastSequence() + 1;
        }
    }

    private ProducerStates states = new ProducerStates();
    private Map<Long, ModelProducer> model = new HashMap<>();
    private Map<Long, ModelProducer> lastWritten = new HashMap<>();
    private long nextOffset;
    private long lastWrittenOffset;

    @Property(tries = 400)
    void agreesWithAModelThatForgetsNothing(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            step(random, "seed " + seed + ", step " + step);
        }
    }

    private void step(Random random, String where) throws Exception {
        long id = random.nextInt(4);
        ModelProducer producer = model.get(id);
        switch (random.nextInt(12)) {
            case 0 -> writeSucceeds();
            case 1 -> writeFails();
            case 2 -> restart();
            case 3 -> {
                int epoch = producer == null ? 0 : producer.epoch + 1;
                append(id, epoch, 0, records(random), where + ", new epoch");
            }
            case 4 -> {
                int epoch = producer == null ? 0 : producer.epoch + 1;
                assertRefused(id, epoch, 1 + random.nextInt(5), 1, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, where);
            }
            case 5 -> {
                if (producer != null && producer.epoch > 0) {
                    int old = random.nextInt(producer.epoch);
                    assertRefused(id, old, random.nextInt(5), 1, ErrorCode.INVALID_PRODUCER_EPOCH, where);
                }
            }
            case 6 -> {
                if (producer != null) {
                    long skipped = producer.next() + 1 + random.nextInt(10);
                    assertRefused(
                            id,
                            producer.epoch,
                            skipped,
                            1,
                            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                            where + ", skipped");
                }
            }
            case 7, 8 -> {
                if (producer != null) {
                    repeat(id, producer, random, where + ", repeated");
                }
            }
            default ->
                append(
                        id,
                        producer == null ? 0 : producer.epoch,
                        producer == null ? 0 : producer.next(),
                        records(random),
                        where + ", next");
        }
    }

    /** Mostly few; now and then so many that the numbers soon wrap round. */
    private static int records(Random random) {
        return random.nextInt(3) == 0 ? 1 << 27 : 1 + random.nextInt(20);
    }

    private void append(long id, int epoch, long first, int records, String where) {
        int base = (int) (first % CIRCLE);
        int last = (int) ((first + records - 1) % CIRCLE);
        assertThat(states.check(id, (short) epoch, base, last)).as(where).isEqualTo(Verdict.Accept.INSTANCE);
        nextOffset += records;
        states.prepared(id, (short) epoch, base, last, nextOffset - 1, -1, false, 0);
        ModelProducer producer = model.computeIfAbsent(id, absent -> new ModelProducer());
        if (producer.epoch != epoch) {
            producer.epoch = epoch;
            producer.all.clear();
        }
        producer.all.add(new Written(first, first + records - 1, nextOffset - 1));
    }

    private void repeat(long id, ModelProducer producer, Random random, String where) {
        int back = Math.min(producer.all.size(), 1 + random.nextInt(8));
        Written batch = producer.all.get(producer.all.size() - back);
        Verdict verdict = states.check(id, (short) producer.epoch, batch.baseSequence(), batch.endSequence());
        if (back <= 5) {
            long firstOffset = batch.lastOffset() - (batch.lastSequence() - batch.firstSequence());
            assertThat(verdict).as(where).isEqualTo(new Verdict.Duplicate(firstOffset, batch.lastOffset(), -1));
        } else {
            assertThat(verdict).as(where).isInstanceOfSatisfying(Verdict.Refuse.class, refuse -> assertThat(
                            refuse.error())
                    .isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER));
        }
    }

    private void assertRefused(long id, int epoch, long first, int records, ErrorCode error, String where) {
        Verdict verdict =
                states.check(id, (short) epoch, (int) (first % CIRCLE), (int) ((first + records - 1) % CIRCLE));
        assertThat(verdict).as(where).isInstanceOfSatisfying(Verdict.Refuse.class, refuse -> assertThat(refuse.error())
                .as(refuse.message())
                .isEqualTo(error));
    }

    private void writeSucceeds() {
        states.written();
        lastWritten = copy(model);
        lastWrittenOffset = nextOffset;
    }

    private void writeFails() {
        states.rollback();
        model = copy(lastWritten);
        nextOffset = lastWrittenOffset;
    }

    /** What was prepared is lost, what was written comes back from the snapshot. */
    private void restart() throws Exception {
        states = ProducerStates.decode(states.encode(lastWrittenOffset), "x.snapshot");
        model = copy(lastWritten);
        nextOffset = lastWrittenOffset;
        assertThat(states.size()).isEqualTo(model.size());
    }

    private static Map<Long, ModelProducer> copy(Map<Long, ModelProducer> model) {
        Map<Long, ModelProducer> copy = new HashMap<>();
        model.forEach((id, producer) -> copy.put(id, producer.copy()));
        return copy;
    }
}
