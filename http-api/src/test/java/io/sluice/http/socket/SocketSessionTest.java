/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.Frames;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.Projection;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;
import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketSessionTest {
    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withMaxBytes(1000, 100);
    private static final Positions AT_5 = Positions.of("orders", 0, 5);

    private final List<SocketEffect> effects = new ArrayList<>();
    private final SocketSession session = new SocketSession(OPTIONS, effects::add);

    private static ClientFrame.Subscribe subscribe(String id, String filter, From from, ClientFrame.Grant credit) {
        return new ClientFrame.Subscribe(
                id,
                List.of(TopicSelection.all("orders")),
                from,
                filter,
                Projection.ALL,
                SlowReaderPolicy.PAUSE,
                Isolation.READ_COMMITTED,
                credit);
    }

    private static ClientFrame.Subscribe subscribe(String id, long records) {
        return subscribe(id, null, new From.At(StartPosition.latest()), new ClientFrame.Grant(records, null));
    }

    private void opened(String id, long records) {
        session.onFrame(subscribe(id, records));
        session.onOpened(id, AT_5);
        effects.clear();
    }

    private static List<Record> records(long from, int count, int valueBytes) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Frames.record(from + i, null, "v".repeat(valueBytes)));
        }
        return records;
    }

    private static SubscriptionEvent.Records event(long from, int count, int valueBytes, long next) {
        return new SubscriptionEvent.Records("orders", 0, records(from, count, valueBytes), next);
    }

    private List<ServerFrame> frames() {
        return effects.stream()
                .filter(SocketEffect.Send.class::isInstance)
                .map(effect -> ((SocketEffect.Send) effect).frame())
                .toList();
    }

    private ServerFrame.Error error() {
        return (ServerFrame.Error) frames().get(0);
    }

    @Test
    void aSubscriptionIsOpenedThenToldThenPulledIfThereIsCredit() {
        // When
        session.onFrame(subscribe("a", 10));
        session.onOpened("a", AT_5);

        // Then
        assertThat(effects).hasSize(3);
        assertThat(((SocketEffect.Open) effects.get(0)).request().from()).isEqualTo(StartPosition.latest());
        assertThat(effects.subList(1, 3))
                .containsExactly(
                        new SocketEffect.Send(new ServerFrame.Subscribed("a", AT_5)), new SocketEffect.Pull("a"));
    }

    @Test
    void withoutCreditNothingIsPulledUntilThereIsSome() {
        // Given
        opened("a", 0);

        // When
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));

        // Then
        assertThat(effects).containsExactly(new SocketEffect.Pull("a"));
    }

    @Test
    void whatIsLeftOfTheCreditIsKnownAndWhoHasNone() {
        // Given
        opened("a", 5);
        opened("b", 0);
        assertThat(session.recordCredit()).isEqualTo(5);
        assertThat(session.lackingCredit()).isEqualTo(1);
        session.onEvent("a", event(5, 3, 1, 20));

        // When
        session.onDemand();
        session.onFrame(new ClientFrame.Credit("b", new ClientFrame.Grant(7, null)));

        // Then
        assertThat(session.recordCredit()).isEqualTo(2 + 7);
        assertThat(session.lackingCredit()).isZero();
        session.onFrame(new ClientFrame.Unsubscribe("b"));
        assertThat(session.recordCredit()).isEqualTo(2);
    }

    @Test
    void recordsAreCutToTheCreditAndTheRestWaits() {
        // Given
        opened("a", 2);
        session.onEvent("a", event(5, 3, 1, 20));
        assertThat(effects).isEmpty();

        // When
        session.onDemand();
        session.onDemand();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactly(
                        new ServerFrame.Records("a", "orders", 0, 7, 2, records(5, 2, 1), Projection.ALL),
                        new ServerFrame.Records("a", "orders", 0, 20, 1, records(7, 1, 1), Projection.ALL));
        assertThat(effects).doesNotContain(new SocketEffect.Pull("a"));
    }

    @Test
    void bytesAreOverdrawnByLessThanOneRecordAndThenPaidBackFirst() {
        // Given
        session.onFrame(subscribe("a", null, new From.At(StartPosition.latest()), new ClientFrame.Grant(100, 15L)));
        session.onOpened("a", AT_5);
        session.onEvent("a", event(5, 4, 10, 9));
        effects.clear();

        // When: 15 bytes are two records of 10
        session.onDemand();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(0, 5L)));
        session.onDemand();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(0, 1L)));
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactly(
                        new ServerFrame.Records("a", "orders", 0, 7, 20, records(5, 2, 10), Projection.ALL),
                        new ServerFrame.Records("a", "orders", 0, 8, 10, records(7, 1, 10), Projection.ALL));
    }

    @Test
    void aFrameHoldsNoMoreBytesThanItMayButARecordThatIsLargerAlone() {
        // Given: at most 100
        opened("a", 1000);
        session.onEvent(
                "a",
                new SubscriptionEvent.Records(
                        "orders",
                        0,
                        List.of(
                                Frames.record(5, null, "v".repeat(60)),
                                Frames.record(6, null, "v".repeat(40)),
                                Frames.record(7, null, "v".repeat(500)),
                                Frames.record(8, null, "v")),
                        9));

        // When
        session.onDemand();
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(frames().stream()
                        .map(frame -> ((ServerFrame.Records) frame).records().size()))
                .containsExactly(2, 1, 1);
        assertThat(effects.get(effects.size() - 1)).isEqualTo(new SocketEffect.Pull("a"));
    }

    @Test
    void aWholeBatchIsSentAsOneSoThatItsEncodingIsShared() {
        // Given
        opened("a", 10);
        DecodedBatch batch = new DecodedBatch(5, 9, records(5, 2, 1), 10);
        session.onEvent("a", new SubscriptionEvent.Records("orders", 0, batch.records(), 9, batch));

        // When
        session.onDemand();

        // Then
        assertThat(effects)
                .containsExactly(
                        new SocketEffect.SendBatch(
                                new ServerFrame.Records("a", "orders", 0, 9, 2, batch.records(), Projection.ALL),
                                batch),
                        new SocketEffect.Pull("a"));
    }

    @Test
    void progressIsToldWhenItIsTimeAndOnlyOnce() {
        // Given
        opened("a", 10);
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 8));
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 12));
        assertThat(session.wantsProgress()).isTrue();
        session.onDemand();
        assertThat(frames()).isEmpty();

        // When
        session.onProgressDue();
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(frames()).containsExactly(new ServerFrame.Progress("a", Positions.of("orders", 0, 12)));
        assertThat(session.wantsProgress()).isFalse();
    }

    @Test
    void everySubscriptionGivesASignOfLifeWhenItIsTimeWhateverItDoes() {
        // Given: one without credit, one that is not open yet
        opened("a", 0);
        session.onFrame(subscribe("b", 10));

        // When
        session.onKeepAlive();
        session.onDemand();
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactlyInAnyOrder(
                        new ServerFrame.Progress("a", AT_5), new ServerFrame.Progress("b", Positions.EMPTY));
    }

    private void openedInGroup(long records) {
        session.onFrame(subscribe(
                "a",
                null,
                new From.Group("readers", StartPosition.earliest(), false),
                new ClientFrame.Grant(records, null)));
        session.onOpened("a", AT_5);
        effects.clear();
    }

    @Test
    void newPartitionsOfAGroupAreToldBehindWhatWasReadBeforeAndBeforeWhatIsReadOfThem() {
        // Given: a record of partition 0 waits for credit
        openedInGroup(0);
        session.onEvent("a", event(5, 1, 1, 6));

        // When: partition 1 is given to it instead
        session.onReassigned("a");
        session.onOpened("a", Positions.of("orders", 1, 30));
        session.onDemand();
        assertThat(frames()).isEmpty();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(10, null)));
        session.onDemand();
        session.onEvent("a", new SubscriptionEvent.Records("orders", 1, records(30, 1, 1), 31));
        session.onDemand();
        session.onDemand();
        session.onKeepAlive();
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactly(
                        new ServerFrame.Records("a", "orders", 0, 6, 1, records(5, 1, 1), Projection.ALL),
                        new ServerFrame.Subscribed("a", Positions.of("orders", 1, 30)),
                        new ServerFrame.Records("a", "orders", 1, 31, 1, records(30, 1, 1), Projection.ALL),
                        new ServerFrame.Progress("a", Positions.of("orders", 1, 31)));
    }

    @Test
    void recordsOfNewPartitionsWaitUntilItIsKnownWhereTheyBegin() {
        // Given
        openedInGroup(10);

        // When: spread twice, and the news of the second time only
        session.onReassigned("a");
        session.onReassigned("a");
        session.onEvent("a", new SubscriptionEvent.Records("orders", 1, records(30, 1, 1), 31));
        session.onDemand();
        assertThat(frames()).isEmpty();
        session.onKeepAlive();
        session.onDemand();
        session.onOpened("a", Positions.of("orders", 1, 30));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactly(
                        new ServerFrame.Progress("a", Positions.EMPTY),
                        new ServerFrame.Subscribed("a", Positions.of("orders", 1, 30)),
                        new ServerFrame.Records("a", "orders", 1, 31, 1, records(30, 1, 1), Projection.ALL));
    }

    @Test
    void aGapCostsNoCredit() {
        // Given
        opened("a", 1);
        session.onEvent("a", new SubscriptionEvent.Gap("orders", 0, 5, 50, SubscriptionEvent.GapReason.DELETED));

        // When
        session.onDemand();

        // Then
        assertThat(effects)
                .containsExactly(
                        new SocketEffect.Send(new ServerFrame.Gap("a", "orders", 0, 5, 50, "deleted")),
                        new SocketEffect.Pull("a"));
    }

    @Test
    void subscriptionsTakeTurns() {
        // Given
        opened("a", 100);
        opened("b", 100);
        session.onEvent("a", event(5, 1, 100, 6));
        session.onEvent("b", event(5, 1, 100, 6));
        session.onDemand();

        // When: a has more at once
        session.onEvent("a", event(6, 1, 100, 7));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(frames().stream().map(frame -> ((ServerFrame.Records) frame).id()))
                .containsExactly("a", "b", "a");
    }

    @Test
    void aSeekReopensAtThePositionsAndForgetsWhatWaited() {
        // Given
        opened("a", 10);
        session.onEvent("a", event(5, 2, 1, 7));

        // When
        session.onFrame(new ClientFrame.Seek("a", Positions.of("orders", 0, 1)));
        session.onDemand();
        session.onOpened("a", Positions.of("orders", 0, 1));

        // Then
        assertThat(effects.get(0)).isEqualTo(new SocketEffect.Cancel("a"));
        assertThat(((SocketEffect.Open) effects.get(1)).request().from())
                .isEqualTo(new StartPosition.Offsets(Positions.of("orders", 0, 1), StartPosition.earliest()));
        assertThat(effects.subList(2, 4))
                .containsExactly(
                        new SocketEffect.Send(new ServerFrame.Subscribed("a", Positions.of("orders", 0, 1))),
                        new SocketEffect.Pull("a"));
    }

    @Test
    void aSeekBeforeItIsOpenIsDoneOnceItIs() {
        // Given
        session.onFrame(subscribe("a", 10));
        session.onFrame(new ClientFrame.Seek("a", Positions.of("orders", 0, 1)));
        effects.clear();

        // When
        session.onOpened("a", AT_5);

        // Then
        assertThat(effects.get(0)).isEqualTo(new SocketEffect.Cancel("a"));
        assertThat(((SocketEffect.Open) effects.get(1)).request().from())
                .isEqualTo(new StartPosition.Offsets(Positions.of("orders", 0, 1), StartPosition.earliest()));
        assertThat(effects).hasSize(2);
    }

    @Test
    void aSeekToAPartitionThatIsNotTheSubscriptionsIsRefused() {
        // Given
        opened("a", 10);

        // When
        session.onFrame(new ClientFrame.Seek("a", Positions.of("orders", 7, 1)));

        // Then
        assertThat(effects)
                .containsExactly(new SocketEffect.Send(new ServerFrame.Error(
                        "a",
                        "MALFORMED_FRAME",
                        "positions: the subscription does not have partition 7 of topic 'orders'",
                        false)));
    }

    @Test
    void aPauseEndsReadingAndAResumeGoesOnWhereItWas() {
        // Given
        opened("a", 10);
        session.onEvent("a", event(5, 2, 1, 7));

        // When
        session.onFrame(new ClientFrame.Pause("a"));
        session.onDemand();
        session.onFrame(new ClientFrame.Pause("a"));
        session.onFrame(new ClientFrame.Resume("a"));

        // Then
        assertThat(effects.get(0)).isEqualTo(new SocketEffect.Cancel("a"));
        assertThat(((SocketEffect.Open) effects.get(1)).request().from())
                .isEqualTo(new StartPosition.Offsets(AT_5, StartPosition.earliest()));
        assertThat(effects).hasSize(2);
    }

    @Test
    void aPauseBeforeItIsOpenKeepsItsPlace() {
        // Given
        session.onFrame(subscribe("a", 10));
        session.onFrame(new ClientFrame.Pause("a"));
        effects.clear();

        // When
        session.onOpened("a", AT_5);

        // Then
        assertThat(effects)
                .containsExactly(
                        new SocketEffect.Send(new ServerFrame.Subscribed("a", AT_5)), new SocketEffect.Cancel("a"));
    }

    @Test
    void anErrorInOneSubscriptionLeavesTheOthersAlone() {
        // Given
        opened("a", 10);
        opened("b", 10);

        // When
        session.onEnded("a", "UNKNOWN_TOPIC", "topic 'orders' is gone");
        session.onEvent("b", event(5, 1, 1, 6));
        session.onDemand();

        // Then
        assertThat(frames())
                .containsExactly(
                        new ServerFrame.Error("a", "UNKNOWN_TOPIC", "topic 'orders' is gone", true),
                        new ServerFrame.Records("b", "orders", 0, 6, 1, records(5, 1, 1), Projection.ALL));
        assertThat(session.subscriptions()).isEqualTo(1);
    }

    @Test
    void anIdThatLivesCanNotBeTakenAgain() {
        // Given
        opened("a", 10);

        // When
        session.onFrame(subscribe("a", 10));

        // Then
        assertThat(effects)
                .containsExactly(new SocketEffect.Send(new ServerFrame.Error(
                        "a", "DUPLICATE_SUBSCRIPTION", "a subscription with this id lives", false)));
    }

    @Test
    void anIdThatIsNotThereIsToldForEveryKindOfFrame() {
        for (ClientFrame frame : List.of(
                new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)),
                new ClientFrame.Commit("a", AT_5),
                new ClientFrame.Seek("a", AT_5),
                new ClientFrame.Pause("a"),
                new ClientFrame.Resume("a"),
                new ClientFrame.Unsubscribe("a"))) {
            // When
            effects.clear();
            session.onFrame(frame);

            // Then
            assertThat(effects)
                    .as(frame.toString())
                    .containsExactly(new SocketEffect.Send(
                            new ServerFrame.Error("a", "UNKNOWN_SUBSCRIPTION", "no subscription has this id", false)));
        }
    }

    @Test
    void oneSubscriptionTooManyIsRefusedAndTheOthersLive() {
        // Given
        for (int i = 0; i < OPTIONS.maxSubscriptions(); i++) {
            opened("s" + i, 1);
        }

        // When
        session.onFrame(subscribe("one more", 1));

        // Then
        assertThat(error())
                .isEqualTo(new ServerFrame.Error(
                        "one more",
                        "TOO_MANY_SUBSCRIPTIONS",
                        "a socket may have 100 (sluice.websocket.subscriptions.max)",
                        true));
        assertThat(session.subscriptions()).isEqualTo(100);
    }

    @Test
    void aWrongFilterIsRefusedWithThePosition() {
        // When
        session.onFrame(subscribe("a", "$.a == && true", new From.At(StartPosition.latest()), ClientFrame.Grant.NONE));

        // Then
        assertThat(error())
                .isEqualTo(new ServerFrame.Error(
                        "a",
                        "INVALID_FILTER",
                        "filter, character 8: expected a string, a number, true, false or null, got '&&'",
                        true));
        assertThat(session.subscriptions()).isZero();
    }

    @Test
    void aMemberOfAGroupCommitsIsHeldWhilePausedAndCanNotSeek() {
        // Given
        session.onFrame(subscribe(
                "a", null, new From.Group("g", StartPosition.latest(), false), new ClientFrame.Grant(5, null)));
        assertThat(effects.remove(0)).isInstanceOfSatisfying(SocketEffect.Open.class, open -> assertThat(
                        open.request().from())
                .isEqualTo(new StartPosition.Group("g", StartPosition.latest(), false, "websocket")));
        assertThat(effects.remove(0)).isEqualTo(new SocketEffect.Pull("a"));
        session.onFrame(new ClientFrame.Pause("a"));
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 5));
        assertThat(effects.remove(0)).isEqualTo(new SocketEffect.Pull("a"));
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 5));
        session.onOpened("a", AT_5);
        effects.clear();

        // When
        session.onFrame(new ClientFrame.Commit("a", AT_5));
        session.onFrame(new ClientFrame.Seek("a", AT_5));
        session.onFrame(new ClientFrame.Resume("a"));
        session.onCommitted("a", AT_5, null, null);
        session.onCommitted("a", AT_5, "COMMIT_REFUSED", "the group spreads its partitions");

        // Then
        assertThat(effects)
                .containsExactly(
                        new SocketEffect.Commit("a", AT_5),
                        new SocketEffect.Send(new ServerFrame.Error(
                                "a", "UNSUPPORTED", "seek: a member of a group goes on where the group is", false)),
                        new SocketEffect.Send(new ServerFrame.Subscribed("a", AT_5)),
                        new SocketEffect.Send(new ServerFrame.Committed("a", AT_5)),
                        new SocketEffect.Send(new ServerFrame.Error(
                                "a", "COMMIT_REFUSED", "the group spreads its partitions", false)));
    }

    @Test
    void whoIsOfNoGroupCanNotCommit() {
        // Given
        opened("b", 1);

        // When
        session.onFrame(new ClientFrame.Commit("b", AT_5));

        // Then
        assertThat(error().code()).isEqualTo("UNSUPPORTED");
        assertThat(session.subscriptions()).isOne();
    }

    @Test
    void creditThatCanNotBeCountedIsRefusedAndTheSubscriptionGoesOn() {
        // Given
        opened("a", 1);

        // When
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(SocketSession.MAX_CREDIT, null)));
        session.onEvent("a", event(5, 2, 1, 7));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(error())
                .isEqualTo(new ServerFrame.Error(
                        "a",
                        "CREDIT_OVERFLOW",
                        "more than 9007199254740991 can't be counted; nothing was granted",
                        false));
        assertThat(frames().get(1))
                .isEqualTo(new ServerFrame.Records("a", "orders", 0, 6, 1, records(5, 1, 1), Projection.ALL));
        assertThat(frames()).hasSize(2);
    }

    @Test
    void whenTheNodeStopsItSaysByeAndWhereToGo() {
        // Given
        opened("a", 1);
        opened("paused", 1);
        session.onFrame(new ClientFrame.Pause("paused"));
        effects.clear();

        // When
        session.onStop("the node stops", List.of("ws://other:1/v1/subscribe"));
        session.onFrame(subscribe("late", 1));
        session.onStop("the node stops", List.of());

        // Then
        assertThat(effects)
                .containsExactly(
                        new SocketEffect.Cancel("a"),
                        new SocketEffect.Send(
                                new ServerFrame.Bye("the node stops", true, List.of("ws://other:1/v1/subscribe"))),
                        new SocketEffect.Close(CloseCode.GOING_AWAY, "the node stops"));
    }

    @Test
    void aResumedSubscriptionKeepsPartitionsApart() {
        // Given
        session.onFrame(subscribe("a", 10));
        session.onOpened(
                "a", Positions.of(Map.of(new PartitionName("orders", 0), 5L, new PartitionName("orders", 1), 50L)));
        session.onEvent("a", event(5, 1, 1, 9));
        session.onDemand();
        effects.clear();

        // When
        session.onFrame(new ClientFrame.Seek("a", Positions.of("orders", 1, 40)));

        // Then
        assertThat(((SocketEffect.Open) effects.get(1)).request().from())
                .isEqualTo(new StartPosition.Offsets(
                        Positions.of(Map.of(new PartitionName("orders", 0), 9L, new PartitionName("orders", 1), 40L)),
                        StartPosition.earliest()));
    }
}
