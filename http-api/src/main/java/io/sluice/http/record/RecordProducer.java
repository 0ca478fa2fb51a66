/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.cluster.Node;
import io.sluice.cluster.config.TopicConfigs;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.LogConfig;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts records into the partitions of topics, wherever those are led and however the records came. Any thread. */
public final class RecordProducer {
    private final Node node;
    private final PartitionFinder finder;
    private final TopicConfigs configs;
    private final InstantSource clock;

    /** Records without a key take turns with the partitions, a request at a time. */
    private final AtomicInteger turn = new AtomicInteger();

    /** To look a topic's configuration up takes longer than to write a record. */
    private volatile BatchLimits limits = new BatchLimits(null);

    /** What topics take, as one state of the metadata says. */
    private static final class BatchLimits {
        private final MetadataImage image;
        private final Map<UUID, Long> bytes = new ConcurrentHashMap<>();

        /** @param image null for none */
        private BatchLimits(MetadataImage image) {
            this.image = image;
        }
    }

    public RecordProducer(Node node, PartitionFinder finder, InstantSource clock) {
        this.node = node;
        this.finder = finder;
        this.configs = new TopicConfigs(node.settings());
        this.clock = clock;
    }

    /**
     * A topic that may be written to.
     *
     * @throws io.sluice.http.route.ProblemException if there is none of that name, or it is the broker's own
     */
    public TopicInfo writable(String name) {
        TopicInfo topic = finder.topic(name);
        if (topic.internal()) {
            throw Problem.of(ProblemKind.FORBIDDEN, "Only the broker itself writes to " + topic.name() + ".")
                    .asException();
        }
        return topic;
    }

    /**
     * Finds the partitions of records; builds nothing and writes nothing yet.
     *
     * @param producer null if they have no numbers
     * @throws io.sluice.http.route.ProblemException if one of the partitions does not exist, or has no leader that can be reached
     */
    public Production production(TopicInfo topic, List<NewRecord> records, NamedProducer producer) {
        int keyless = producer != null
                ? producer.keyless(topic.partitions().size())
                : records.stream().anyMatch(NewRecord::goesAnywhere) ? keyless(topic) : 0;
        return Production.of(finder, topic, records, producer, keyless, batchBytesMax(topic), clock.millis());
    }

    /** Largest batch that a topic takes. */
    long batchBytesMax(TopicInfo topic) {
        MetadataImage image = node.metadata();
        BatchLimits known = limits;
        if (known.image != image) {
            known = new BatchLimits(image);
            limits = known;
        }
        Long bytes = known.bytes.get(topic.id());
        if (bytes == null) {
            // The topic may be that of an earlier image.
            TopicInfo now = image.topic(topic.name())
                    .filter(same -> same.id().equals(topic.id()))
                    .orElse(topic);
            LogConfig config = configs.effective(image, now);
            bytes = (long) Math.min(config.maxMessageBytes(), config.segmentBytes());
            known.bytes.put(topic.id(), bytes);
        }
        return bytes;
    }

    /** One that is led here, if there is one. */
    private int keyless(TopicInfo topic) {
        List<Integer> here = finder.ledHere(topic);
        return here.isEmpty() ? 0 : here.get(Math.floorMod(turn.getAndIncrement(), here.size()));
    }
}
