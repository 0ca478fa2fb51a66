/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** Topics of requests about offsets: by name, and by id from version 10 on. */
final class TopicNames {
    static final int FIRST_WITH_TOPIC_IDS = 10;
    static final UUID NO_ID = new UUID(0, 0);

    private TopicNames() {}

    /** The topic that the request means. */
    static Optional<TopicInfo> find(MetadataImage image, int version, String name, Uuid id) {
        return version >= FIRST_WITH_TOPIC_IDS ? image.topic(java(id)) : image.topic(name);
    }

    static UUID java(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid kafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
