/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static io.sluice.http.socket.SessionRig.AT_5;
import static io.sluice.http.socket.SessionRig.event;
import static io.sluice.http.socket.SessionRig.records;
import static io.sluice.http.socket.SessionRig.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.Projection;
import io.sluice.http.socket.frame.ServerFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions of a session that are members of a group. */
class SocketGroupTest {
    private final SessionRig rig = new SessionRig();
    private final SocketSession session = rig.session;
    private final List<SocketEffect> effects = rig.effects;

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
        assertThat(rig.frames()).isEmpty();
        session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(10, null)));
        session.onDemand();
        session.onEvent("a", new SubscriptionEvent.Records("orders", 1, records(30, 1, 1), 31));
        session.onDemand();
        session.onDemand();
        session.onKeepAlive();
        session.onDemand();

        // Then
        assertThat(rig.frames())
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
        assertThat(rig.frames()).isEmpty();
        session.onKeepAlive();
        session.onDemand();
        session.onOpened("a", Positions.of("orders", 1, 30));
        session.onDemand();
        session.onDemand();

        // Then
        assertThat(rig.frames())
                .containsExactly(
                        new ServerFrame.Progress("a", Positions.EMPTY),
                        new ServerFrame.Subscribed("a", Positions.of("orders", 1, 30)),
                        new ServerFrame.Records("a", "orders", 1, 31, 1, records(30, 1, 1), Projection.ALL));
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
        rig.opened("b", 1);

        // When
        session.onFrame(new ClientFrame.Commit("b", AT_5));

        // Then
        assertThat(rig.error().code()).isEqualTo("UNSUPPORTED");
        assertThat(session.subscriptions()).isOne();
    }
}
