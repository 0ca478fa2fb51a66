/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.pattern.Patterns;
import akka.stream.javadsl.Flow;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.record.Acks;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.record.NewRecord;
import io.sluice.http.record.Production;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Appends streams of records, from inside the JVM of the broker.
 *
 * <pre>
 *   records --> a batch gathers (at most {@link #BATCH_BYTES_MAX}) --> one batch is on its way --> acknowledgements, in order
 *                                                  ^                            |
 *                                                  +--- it comes again ---------+ refused for now
 * </pre>
 *
 * While one batch is on its way the next one gathers, and then nothing more is asked of upstream: two batches are all that a stream holds. Each stream is a producer of its own
 * that numbers its records, so that a batch which comes again is not there twice.
 */
final class RecordAppender {
    /** Of records as they are in a batch, about. One record more always fits. */
    static final int BATCH_BYTES_MAX = 1 << 20;

    /** How long a partition may refuse records for now: it has no leader, or too few replicas. */
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(2);

    /** For the replicas to have a batch, at each try. */
    private static final int TIMEOUT_MS = 30_000;

    private static final Duration WAIT_MIN = Duration.ofMillis(20);
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final RecordProducer producer;
    private final ActorSystem<?> system;
    private final InstantSource clock;

    RecordAppender(RecordProducer producer, ActorSystem<?> system, InstantSource clock) {
        this.producer = producer;
        this.system = system;
        this.clock = clock;
    }

    /** Each time it runs another producer. */
    Flow<NewRecord, Appended, NotUsed> flow(String topic) {
        return Flow.<NewRecord, Appended, NotUsed>fromMaterializer((materializer, attributes) -> new Line(topic).flow())
                .mapMaterializedValue(started -> NotUsed.getInstance());
    }

    /** Records that go together, with the number of the first. A batch never changes, so that it is known when it comes again. */
    private record Batch(List<NewRecord> records, long sequence, long giveUpMs) {}

    /** One stream. All but the answers on its own thread. */
    private final class Line {
        private final String topic;
        private final String name = "in-process-" + UUID.randomUUID();
        private long sequence;
        private int turn;

        Line(String topic) {
            this.topic = topic;
        }

        Flow<NewRecord, Appended, NotUsed> flow() {
            return Flow.of(NewRecord.class)
                    .batchWeighted(BATCH_BYTES_MAX, NewRecord::sizeMax, Line::begin, Line::add)
                    .map(this::cut)
                    .mapAsync(1, batch -> append(batch, WAIT_MIN))
                    .mapConcat(appended -> appended);
        }

        private static List<NewRecord> begin(NewRecord first) {
            List<NewRecord> records = new ArrayList<>();
            records.add(first);
            return records;
        }

        private static List<NewRecord> add(List<NewRecord> records, NewRecord next) {
            records.add(next);
            return records;
        }

        /** Records that nobody has chosen a partition for take turns with the partitions, a batch at a time. */
        private Batch cut(List<NewRecord> records) {
            long first = sequence;
            sequence += records.size();
            int chosen = turn++ & Integer.MAX_VALUE;
            int partitions = partitions();
            if (partitions > 0) {
                records.replaceAll(record -> record.key() == null && record.partition() == NewRecord.ANY_PARTITION
                        ? record.in(chosen % partitions)
                        : record);
            }
            return new Batch(records, first, clock.millis() + GIVE_UP_AFTER.toMillis());
        }

        /** 0 if the topic is not there: appending says so. */
        private int partitions() {
            try {
                return producer.writable(topic).partitions().size();
            } catch (ProblemException none) {
                return 0;
            }
        }

        private CompletionStage<List<Appended>> append(Batch batch, Duration wait) {
            try {
                TopicInfo target = producer.writable(topic);
                Production production =
                        producer.production(target, batch.records(), new NamedProducer(name, batch.sequence()));
                return production
                        .send(Acks.ALL, TIMEOUT_MS)
                        .handle((done, failure) ->
                                failure == null ? answered(batch, production, wait) : failed(batch, failure, wait))
                        .thenCompose(stage -> stage);
            } catch (ProblemException refused) {
                return failed(batch, refused, wait);
            }
        }

        private CompletionStage<List<Appended>> answered(Batch batch, Production production, Duration wait) {
            List<Appended> appended = new ArrayList<>(batch.records().size());
            Problem passing = null;
            for (Production.Placed placed : production.placed()) {
                if (placed.problem() == null) {
                    appended.add(new Appended(topic, placed.partition(), placed.offset()));
                } else if (isPassing(placed.problem())) {
                    passing = placed.problem();
                } else {
                    return CompletableFuture.failedFuture(exception(placed.problem()));
                }
            }
            return passing == null ? CompletableFuture.completedFuture(appended) : again(batch, passing, wait);
        }

        private CompletionStage<List<Appended>> failed(Batch batch, Throwable failure, Duration wait) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof ProblemException refused && isPassing(refused.problem())
                    ? again(batch, refused.problem(), wait)
                    : CompletableFuture.failedFuture(
                            cause instanceof ProblemException refused ? exception(refused.problem()) : cause);
        }

        private CompletionStage<List<Appended>> again(Batch batch, Problem problem, Duration wait) {
            if (clock.millis() + wait.toMillis() > batch.giveUpMs()) {
                return CompletableFuture.failedFuture(exception(problem));
            }
            Duration twice = wait.multipliedBy(2);
            Duration next = twice.compareTo(WAIT_MAX) < 0 ? twice : WAIT_MAX;
            return Patterns.after(wait, system, () -> append(batch, next));
        }
    }

    /** That another node leads is told for a moment while leadership moves, or while that node has not said where it can be reached. */
    private static boolean isPassing(Problem problem) {
        return problem.kind().isPassing() || problem.kind() == ProblemKind.LED_ELSEWHERE;
    }

    private static AppendException exception(Problem problem) {
        return new AppendException(problem.kind().name(), problem.detail());
    }
}
