/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** Topic ids, between the wire's class and the JDK's. */
final class TopicIds {
    private TopicIds() {}

    static UUID of(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid of(UUID id) {
        return id == null ? Uuid.ZERO_UUID : new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
