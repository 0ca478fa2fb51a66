/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static io.sluice.http.socket.SessionRig.AT_5;
import static io.sluice.http.socket.SessionRig.OPTIONS;
import static io.sluice.http.socket.SessionRig.event;
import static io.sluice.http.socket.SessionRig.records;
import static io.sluice.http.socket.SessionRig.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.StartPosition;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.Projection;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How subscriptions of a session begin, are refused and end. */
class SocketSessionTest {
    private final SessionRig rig = new SessionRig();
    private final SocketSession session = rig.session;
    private final List<SocketEffect> effects = rig.effects;

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
    void anErrorInOneSubscriptionLeavesTheOthersAlone() {
        // Given
        rig.opened("a", 10);
        rig.opened("b", 10);

        // When
        session.onEnded("a", "UNKNOWN_TOPIC", "topic 'orders' is gone");
        session.onEvent("b", event(5, 1, 1, 6));
        session.onDemand();

        // Then
        assertThat(rig.frames())
                .containsExactly(
                        new ServerFrame.Error("a", "UNKNOWN_TOPIC", "topic 'orders' is gone", true),
                        new ServerFrame.Records("b", "orders", 0, 6, 1, records(5, 1, 1), Projection.ALL));
        assertThat(session.subscriptions()).isEqualTo(1);
    }

    @Test
    void anIdThatLivesCanNotBeTakenAgain() {
        // Given
        rig.opened("a", 10);

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
            rig.opened("s" + i, 1);
        }

        // When
        session.onFrame(subscribe("one more", 1));

        // Then
        assertThat(rig.error())
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
        assertThat(rig.error())
                .isEqualTo(new ServerFrame.Error(
                        "a",
                        "INVALID_FILTER",
                        "filter, character 8: expected a string, a number, true, false or null, got '&&'",
                        true));
        assertThat(session.subscriptions()).isZero();
    }

    @Test
    void whenTheNodeStopsItSaysByeAndWhereToGo() {
        // Given
        rig.opened("a", 1);
        rig.opened("paused", 1);
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
}
