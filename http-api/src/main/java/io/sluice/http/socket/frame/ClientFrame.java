/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.TopicSelection;
import java.util.List;

/** What a client may say. Every frame names its subscription by an id that the client chose. */
public sealed interface ClientFrame {
    String id();

    /**
     * Begin a subscription.
     *
     * @param filter an expression; null for every record
     * @param credit the first grant
     */
    record Subscribe(
            String id,
            List<TopicSelection> topics,
            From from,
            String filter,
            Projection projection,
            SlowReaderPolicy policy,
            Isolation isolation,
            Grant credit)
            implements ClientFrame {}

    /** More may be sent. */
    record Credit(String id, Grant grant) implements ClientFrame {}

    /** Everything before these positions is done with. */
    record Commit(String id, Positions positions) implements ClientFrame {}

    /** Go on at these positions; partitions that are not named go on where they are. */
    record Seek(String id, Positions positions) implements ClientFrame {}

    record Pause(String id) implements ClientFrame {}

    record Resume(String id) implements ClientFrame {}

    record Unsubscribe(String id) implements ClientFrame {}

    /**
     * Credit for records and bytes.
     *
     * @param bytes null if the client does not count bytes
     */
    record Grant(long records, Long bytes) {
        /** Nothing yet. */
        public static final Grant NONE = new Grant(0, null);
    }
}
