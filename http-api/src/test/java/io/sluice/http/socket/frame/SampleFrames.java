/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import java.util.List;
import java.util.Map;

/** One of each kind that the server sends. */
final class SampleFrames {
    private SampleFrames() {}

    static List<ServerFrame> serverFrames() {
        Positions positions =
                Positions.of(Map.of(new PartitionName("orders", 0), 1234L, new PartitionName("orders", 10), 0L));
        return List.of(
                new ServerFrame.Subscribed("a", positions),
                new ServerFrame.Records("a", "orders", 0, 8, 2, List.of(Frames.record(7, "k", "v")), Projection.ALL),
                new ServerFrame.Progress("a", positions),
                new ServerFrame.Committed("a", positions),
                new ServerFrame.Progress("a", Positions.EMPTY),
                new ServerFrame.Gap("a", "orders", 0, 5, 9, "dropped"),
                new ServerFrame.Error("a", "UNKNOWN_TOPIC", "there is no \"orders\"\n", true),
                new ServerFrame.Error(null, "MALFORMED_FRAME", "type: missing", false),
                new ServerFrame.Produced(
                        "a",
                        List.of(
                                new ServerFrame.Placed(0, 5, false, null),
                                new ServerFrame.Placed(0, 4, true, null),
                                new ServerFrame.Placed(3, -1, true, null))),
                new ServerFrame.NotProduced("a", "BUSY", "too much", List.of()),
                new ServerFrame.NotProduced(
                        "a",
                        "NO_LEADER",
                        "nobody leads",
                        List.of(
                                new ServerFrame.Placed(0, 5, true, null),
                                new ServerFrame.Placed(3, -1, false, "NO_LEADER"))),
                new ServerFrame.Bye("the node stops", true, List.of("ws://localhost:1/v1/subscribe")));
    }
}
