/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.cluster.controller.ControllerDirectory.Answer;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.membership.ReplicaRouter;
import io.sluice.cluster.membership.TestCluster;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.log.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerRelayTest {
    private static final UUID METADATA = new UUID(0, 1);
    private static final int TIMEOUT_MS = 20_000;

    private static final class Broker {
        final TestCluster cluster;
        final int id;
        final Leaderships leaderships = new Leaderships();
        final ControllerDirectory directory = new ControllerDirectory();
        final Queue<ControllerRequest<?>> asked = new ConcurrentLinkedQueue<>();
        final RelayMeters meters = new RelayMeters();
        final Peers peers;
        final ControllerAccess access;

        Broker(TestCluster cluster, int id) {
            this.cluster = cluster;
            this.id = id;
            this.peers = new Peers(id);
            ReplicaRouter.start(cluster.system(id), peers, leaderships, (from, key, message) -> {});
            this.access = ControllerRelay.start(
                    cluster.system(id), new ControllerRelay.Parts(directory, leaderships, peers, METADATA, 2, meters));
        }

        /** A controller that does with each request what it is told to; both brokers hear that it is here. */
        ActorRef<ControllerCommand> leads(int epoch, Consumer<ControllerCommand.Submit<?>> decide, Broker other) {
            Behavior<ControllerCommand> behavior = Behaviors.receiveMessage(message -> {
                if (message instanceof ControllerCommand.Submit<?> submit) {
                    asked.add(submit.request());
                    decide.accept(submit);
                }
                return Behaviors.same();
            });
            ActorRef<ControllerCommand> controller =
                    cluster.system(id).systemActorOf(behavior, "controller-" + epoch, Props.empty());
            directory.set(controller);
            leaderships.led(METADATA, 0, id, epoch);
            other.leaderships.led(METADATA, 0, id, epoch);
            return controller;
        }

        <R> CompletableFuture<Answer<R>> ask(ControllerRequest<R> request) {
            return access.ask(request, TIMEOUT_MS).toCompletableFuture();
        }
    }

    private TestCluster cluster;
    private Broker one;
    private Broker two;

    @BeforeEach
    void start() {
        cluster = TestCluster.start(2, List.of(1));
        one = new Broker(cluster, 1);
        two = new Broker(cluster, 2);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        !one.peers.brokers().isEmpty() && !two.peers.brokers().isEmpty());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aRequestIsDecidedWhereTheControllerIs() throws Exception {
        one.leads(1, ControllerRelayTest::answer, two);

        assertThat(get(two.ask(new ControllerRequest.AllocateProducerIds(5)))).isEqualTo(new Answer<>(7L, 42));
        assertThat(get(one.ask(new ControllerRequest.AllocateProducerIds(6)))).isEqualTo(new Answer<>(7L, 42));
        assertThat(one.asked)
                .containsExactly(
                        new ControllerRequest.AllocateProducerIds(5), new ControllerRequest.AllocateProducerIds(6));
    }

    @Test
    void aLargeRequestAndItsAnswerTravelInPieces() throws Exception {
        // Given
        one.leads(1, ControllerRelayTest::answer, two);
        List<NewTopic> topics = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            topics.add(new NewTopic("topic-" + i, 3, (short) 1, List.of(), Map.of("retention.ms", "1" + i)));
        }
        ControllerRequest.CreateTopics request = new ControllerRequest.CreateTopics(topics, false);

        // When
        List<TopicResult> results = get(two.ask(request)).value();

        // Then
        assertThat(one.asked).hasSize(1);
        assertThat(results).hasSize(10_000);
        assertThat(results.get(9_999).name()).isEqualTo("topic-9999");
    }

    @Test
    void aRequestWaitsUntilThereIsAController() throws Exception {
        // Given
        CompletableFuture<Answer<Long>> answer = two.ask(new ControllerRequest.AllocateProducerIds(5));
        CompletableFuture<Answer<Long>> second = two.ask(new ControllerRequest.AllocateProducerIds(5));
        Answer<Long> third = get(two.ask(new ControllerRequest.AllocateProducerIds(5)));

        // When
        one.leads(1, ControllerRelayTest::answer, two);

        // Then
        assertThat(get(answer).value()).isEqualTo(7);
        assertThat(get(second).value()).isEqualTo(7);
        assertThat(third.offset()).as("no more than two may wait").isEqualTo(-1);
    }

    @Test
    void aRequestFollowsTheControllerThatMoves() throws Exception {
        // Given a controller that never answers
        one.leads(1, submit -> {}, two);
        CompletableFuture<Answer<Long>> there = two.ask(new ControllerRequest.AllocateProducerIds(5));
        CompletableFuture<Answer<Long>> here = one.ask(new ControllerRequest.AllocateProducerIds(6));
        Awaitility.await().until(() -> one.asked.size() == 2);

        // When
        one.directory.clear(one.directory.current());
        two.leads(2, ControllerRelayTest::answer, one);

        // Then
        assertThat(get(there).value()).isEqualTo(7);
        assertThat(get(here).value()).isEqualTo(7);
    }

    @Test
    void aControllerThatHandsBackIsAskedAgain() throws Exception {
        // Given a controller that says, the first time, that it is none
        List<ControllerCommand.Submit<?>> first = new ArrayList<>();
        one.leads(
                1,
                submit -> {
                    if (first.isEmpty()) {
                        first.add(submit);
                        refuse(submit);
                    } else {
                        answer(submit);
                    }
                },
                two);

        // When
        Answer<Long> answer = get(two.ask(new ControllerRequest.AllocateProducerIds(5)));

        // Then
        assertThat(answer.value()).isEqualTo(7);
        assertThat(one.asked).hasSize(2);
    }

    @Test
    void whoIsNotAnsweredIsRefusedInTime() throws Exception {
        one.leads(1, submit -> {}, two);

        ErrorCode error = two.access
                .ask(new ControllerRequest.RegisterBroker(2, "h", 1, null, new UUID(1, 1)), 300)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .value();

        assertThat(error).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
    }

    private static <R> R get(CompletableFuture<R> future) throws Exception {
        return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    private static <R> void refuse(ControllerCommand.Submit<R> submit) {
        submit.reply().accept(submit.request().refused(ErrorCode.NOT_CONTROLLER, "moved"), -1L);
    }

    @SuppressWarnings("unchecked") // each request's answer has its type
    private static <R> void answer(ControllerCommand.Submit<R> submit) {
        if (submit.request() instanceof ControllerRequest.AllocateProducerIds) {
            submit.reply().accept((R) (Long) 7L, 42L);
        } else {
            submit.reply().accept(submit.request().refused(ErrorCode.NONE, null), 42L);
        }
    }
}
