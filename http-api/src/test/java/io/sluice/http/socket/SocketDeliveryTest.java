/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static io.sluice.http.socket.SessionRig.AT_5;
import static io.sluice.http.socket.SessionRig.event;
import static io.sluice.http.socket.SessionRig.records;
import static io.sluice.http.socket.SessionRig.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.Frames;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.Projection;
import io.sluice.http.socket.frame.ServerFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session sends of what comes: within credit and frame size, by turns, with progress. */
class SocketDeliveryTest {
    private final SessionRig rig = new SessionRig();
    private final SocketSession session = rig.session;
    private final List<SocketEffect> effects = rig.effects;

    @Test
    void withoutCreditNothingIsPulledUntilThereIsSome() {
        // Given
        rig.opened("a", 0);

        // When
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));

        // Then
        assertThat(effects).containsExactly(new SocketEffect.Pull("a"));
    }

    @Test
    void whatIsLeftOfTheCreditIsKnownAndWhoHasNone() {
        // Given
        rig.opened("a", 5);
        rig.opened("b", 0);
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
        rig.opened("a", 2);
        session.onEvent("a", event(5, 3, 1, 20));
        assertThat(effects).isEmpty();

        // When
        session.onDemand();
        session.onDemand();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(1, null)));
        session.onDemand();

        // Then
        assertThat(rig.frames())
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
        assertThat(rig.frames())
                .containsExactly(
                        new ServerFrame.Records("a", "orders", 0, 7, 20, records(5, 2, 10), Projection.ALL),
                        new ServerFrame.Records("a", "orders", 0, 8, 10, records(7, 1, 10), Projection.ALL));
    }

    @Test
    void creditThatCanNotBeCountedIsRefusedAndTheSubscriptionGoesOn() {
        // Given
        rig.opened("a", 1);

        // When
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(SocketSession.MAX_CREDIT, null)));
        session.onEvent("a", event(5, 2, 1, 7));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(rig.error())
                .isEqualTo(new ServerFrame.Error(
                        "a",
                        "CREDIT_OVERFLOW",
                        "more than 9007199254740991 can't be counted; nothing was granted",
                        false));
        assertThat(rig.frames().get(1))
                .isEqualTo(new ServerFrame.Records("a", "orders", 0, 6, 1, records(5, 1, 1), Projection.ALL));
        assertThat(rig.frames()).hasSize(2);
    }

    @Test
    void aFrameHoldsNoMoreBytesThanItMayButARecordThatIsLargerAlone() {
        // Given: at most 100
        rig.opened("a", 1000);
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
        assertThat(rig.frames().stream()
                        .map(frame -> ((ServerFrame.Records) frame).records().size()))
                .containsExactly(2, 1, 1);
        assertThat(effects.get(effects.size() - 1)).isEqualTo(new SocketEffect.Pull("a"));
    }

    @Test
    void aWholeBatchIsSentAsOneSoThatItsEncodingIsShared() {
        // Given
        rig.opened("a", 10);
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
    void aGapCostsNoCredit() {
        // Given
        rig.opened("a", 1);
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
        rig.opened("a", 100);
        rig.opened("b", 100);
        session.onEvent("a", event(5, 1, 100, 6));
        session.onEvent("b", event(5, 1, 100, 6));
        session.onDemand();

        // When: a has more at once
        session.onEvent("a", event(6, 1, 100, 7));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(rig.frames().stream().map(frame -> ((ServerFrame.Records) frame).id()))
                .containsExactly("a", "b", "a");
    }

    @Test
    void progressIsToldWhenItIsTimeAndOnlyOnce() {
        // Given
        rig.opened("a", 10);
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 8));
        session.onEvent("a", new SubscriptionEvent.Progress("orders", 0, 12));
        assertThat(session.wantsProgress()).isTrue();
        session.onDemand();
        assertThat(rig.frames()).isEmpty();

        // When
        session.onProgressDue();
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(rig.frames()).containsExactly(new ServerFrame.Progress("a", Positions.of("orders", 0, 12)));
        assertThat(session.wantsProgress()).isFalse();
    }

    @Test
    void everySubscriptionGivesASignOfLifeWhenItIsTimeWhateverItDoes() {
        // Given: one without credit, one that is not open yet
        rig.opened("a", 0);
        session.onFrame(subscribe("b", 10));

        // When
        session.onKeepAlive();
        session.onDemand();
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(rig.frames())
                .containsExactlyInAnyOrder(
                        new ServerFrame.Progress("a", AT_5), new ServerFrame.Progress("b", Positions.EMPTY));
    }
}
