/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static io.sluice.http.socket.SessionRig.AT_5;
import static io.sluice.http.socket.SessionRig.event;
import static io.sluice.http.socket.SessionRig.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.ServerFrame;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Subscriptions of a session that go on elsewhere or later. */
class SocketSeekAndPauseTest {
    private final SessionRig rig = new SessionRig();
    private final SocketSession session = rig.session;
    private final List<SocketEffect> effects = rig.effects;

    @Test
    void aSeekReopensAtThePositionsAndForgetsWhatWaited() {
        // Given
        rig.opened("a", 10);
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
        rig.opened("a", 10);

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
        rig.opened("a", 10);
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
