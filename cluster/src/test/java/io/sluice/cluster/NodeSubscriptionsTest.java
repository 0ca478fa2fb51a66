/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static io.sluice.cluster.SluiceNodeTest.append;
import static io.sluice.cluster.SluiceNodeTest.await;
import static io.sluice.cluster.SluiceNodeTest.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.TopicResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions to topics of a whole node. */
class NodeSubscriptionsTest {
    private final ActorTestKit kit = ActorTestKit.create();

    @TempDir
    Path data;

    private SluiceNode node;

    @AfterEach
    void stop() throws Exception {
        kit.shutdownTestKit();
        await(node.stop());
    }

    private Pair<SubscriptionControl, SinkQueueWithCancel<SubscriptionEvent>> subscribe(SubscriptionRequest request) {
        return node.subscriptions()
                .subscribe(request)
                .toMat(Sink.<SubscriptionEvent>queue(), Keep.both())
                .run(kit.system());
    }

    private static List<String> values(SinkQueueWithCancel<SubscriptionEvent> queue, int count) throws Exception {
        List<String> values = new ArrayList<>();
        while (values.size() < count) {
            if (await(queue.pull()).orElseThrow() instanceof Records records) {
                records.records()
                        .forEach(record -> values.add(StandardCharsets.UTF_8
                                .decode(record.value().duplicate())
                                .toString()));
            }
        }
        return values;
    }

    @Test
    void aTopicIsReadFromItsBeginningWhileItIsWritten() throws Exception {
        // Given
        node = start(data);
        TopicResult topic = SluiceNodeTest.create(node, "orders", 2);
        append(node.leader(topic.id(), 0), "a", "b");

        // When
        Pair<SubscriptionControl, SinkQueueWithCancel<SubscriptionEvent>> subscription =
                subscribe(SubscriptionRequest.of(StartPosition.earliest(), "orders"));
        List<String> before = values(subscription.second(), 2);
        append(node.leader(topic.id(), 1), "c");

        // Then
        assertThat(before).containsExactly("a", "b");
        assertThat(values(subscription.second(), 1)).containsExactly("c");
        assertThat(subscription.first().positions()).isEqualTo(Positions.parse("orders:0=2,1=1"));
    }

    @Test
    void partitionsThatATopicGetsLaterAreRead() throws Exception {
        // Given
        node = start(data);
        TopicResult topic = SluiceNodeTest.create(node, "orders", 1);
        Pair<SubscriptionControl, SinkQueueWithCancel<SubscriptionEvent>> subscription =
                subscribe(SubscriptionRequest.of(StartPosition.latest(), "orders"));
        await(subscription.first().started());

        // When
        await(node.controller().createPartitions(List.of(new NewPartitions("orders", 3, List.of())), false, 10_000));
        append(node.leader(topic.id(), 2), "a");

        // Then
        assertThat(values(subscription.second(), 1)).containsExactly("a");
        Awaitility.await().untilAsserted(() -> assertThat(subscription.first().positions())
                .isEqualTo(Positions.parse("orders:0=0,1=0,2=1")));
    }

    @Test
    void aGroupIsReachedThoughItsTopicWasNotThere() throws Exception {
        // Given
        node = start(data);
        TopicResult topic = SluiceNodeTest.create(node, "orders", 2);
        append(node.leader(topic.id(), 1), "a");

        // When
        Pair<SubscriptionControl, SinkQueueWithCancel<SubscriptionEvent>> subscription =
                subscribe(SubscriptionRequest.of(
                        new StartPosition.Group("readers", StartPosition.earliest(), false, "test"), "orders"));
        List<String> values = values(subscription.second(), 1);
        await(subscription.first().commit(subscription.first().positions()));
        FetchedOffsets committed = await(node.groupAccess().ask(new FetchOffsets("readers", null), 10_000));

        // Then
        assertThat(values).containsExactly("a");
        assertThat(committed.offsets().get(new PartitionKey("orders", 1)).offset())
                .isEqualTo(1);
    }

    @Test
    void aTopicThatIsDeletedEndsItsSubscription() throws Exception {
        // Given
        node = start(data);
        TopicResult topic = SluiceNodeTest.create(node, "orders", 1);
        append(node.leader(topic.id(), 0), "a");
        SinkQueueWithCancel<SubscriptionEvent> events = subscribe(
                        SubscriptionRequest.of(StartPosition.earliest(), "orders"))
                .second();
        values(events, 1);

        // When
        await(node.controller().deleteTopics(List.of(topic.id()), 10_000));

        // Then
        assertRefused(events, Code.TOPIC_DELETED, "topic 'orders' was deleted");
    }

    @Test
    void theLimitsAreThoseOfTheConfiguration() throws Exception {
        // Given
        BrokerSettings settings = BrokerSettings.parse(Map.of("sluice.subscriptions.max", "1"));
        node = await(SluiceNode.start(NodeOptions.of(settings, data)));
        SluiceNodeTest.create(node, "orders", 1);
        await(subscribe(SubscriptionRequest.of(StartPosition.latest(), "orders"))
                .first()
                .started());

        // When
        SinkQueueWithCancel<SubscriptionEvent> second = subscribe(
                        SubscriptionRequest.of(StartPosition.latest(), "orders"))
                .second();

        // Then
        assertRefused(second, Code.TOO_MANY_SUBSCRIPTIONS, "1 subscriptions run already (sluice.subscriptions.max)");
    }

    private static void assertRefused(SinkQueueWithCancel<SubscriptionEvent> events, Code code, String message) {
        assertThatThrownBy(() -> await(events.pull()))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(SubscriptionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code))
                .hasMessage(message);
    }
}
