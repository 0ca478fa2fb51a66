/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.actors.subscription.Isolation;
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
import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.List;

/** A session, and what it wants done. */
final class SessionRig {
    static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withMaxBytes(1000, 100);
    static final Positions AT_5 = Positions.of("orders", 0, 5);

    final List<SocketEffect> effects = new ArrayList<>();
    final SocketSession session = new SocketSession(OPTIONS, effects::add);

    static ClientFrame.Subscribe subscribe(String id, String filter, From from, ClientFrame.Grant credit) {
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

    static ClientFrame.Subscribe subscribe(String id, long records) {
        return subscribe(id, null, new From.At(StartPosition.latest()), new ClientFrame.Grant(records, null));
    }

    void opened(String id, long records) {
        session.onFrame(subscribe(id, records));
        session.onOpened(id, AT_5);
        effects.clear();
    }

    static List<Record> records(long from, int count, int valueBytes) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Frames.record(from + i, null, "v".repeat(valueBytes)));
        }
        return records;
    }

    static SubscriptionEvent.Records event(long from, int count, int valueBytes, long next) {
        return new SubscriptionEvent.Records("orders", 0, records(from, count, valueBytes), next);
    }

    List<ServerFrame> frames() {
        return effects.stream()
                .filter(SocketEffect.Send.class::isInstance)
                .map(effect -> ((SocketEffect.Send) effect).frame())
                .toList();
    }

    ServerFrame.Error error() {
        return (ServerFrame.Error) frames().get(0);
    }
}
