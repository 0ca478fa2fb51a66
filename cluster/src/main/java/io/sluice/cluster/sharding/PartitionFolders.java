/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import io.sluice.actors.partition.FolderRemoval;
import io.sluice.cluster.metadata.MetadataImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where partitions keep their logs:
 *
 * <pre>
 *   data/topics/orders/0-kXb2tV5oQzK0pJ7H1n6v9w/     partition 0 of the topic with that id (base64url, as the protocol's tools print it)
 * </pre>
 */
public final class PartitionFolders {
    private final Path topics;

    /** @param dataDirectory of the node */
    public PartitionFolders(Path dataDirectory) {
        this.topics = dataDirectory.resolve("topics");
    }

    /** The folder of one partition. */
    public Path folder(String topic, UUID topicId, int partition) {
        return topics.resolve(topic).resolve(partition + "-" + text(topicId));
    }

    /** The id as the protocol's tools print it. */
    public static String text(UUID id) {
        ByteBuffer bytes =
                ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Folders of partitions that the metadata does not know: their topic was deleted while this node was down. */
    public List<Path> orphans(MetadataImage image) throws IOException {
        List<Path> orphans = new ArrayList<>();
        if (!Files.isDirectory(topics)) {
            return orphans;
        }
        try (Stream<Path> names = Files.list(topics)) {
            for (Path topic : (Iterable<Path>) names::iterator) {
                if (Files.isDirectory(topic)) {
                    orphansOf(topic, image, orphans);
                }
            }
        }
        return orphans;
    }

    /** Removes a partition's folder, and the topic's if it was the last. */
    public static void remove(Path folder) throws IOException {
        FolderRemoval.remove(folder);
    }

    private static void orphansOf(Path topic, MetadataImage image, List<Path> orphans) throws IOException {
        try (Stream<Path> partitions = Files.list(topic)) {
            partitions
                    .filter(folder -> topicIdOf(folder)
                            .filter(id -> !id.equals(EntityIds.METADATA_TOPIC_ID)
                                    && image.topic(id).isEmpty())
                            .isPresent())
                    .forEach(orphans::add);
        }
    }

    /** Empty if the folder is none of ours. */
    private static Optional<UUID> topicIdOf(Path folder) {
        String name = folder.getFileName().toString();
        int dash = name.indexOf('-');
        if (dash <= 0 || !name.substring(0, dash).chars().allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(name.substring(dash + 1)));
            return bytes.remaining() == 16 ? Optional.of(new UUID(bytes.getLong(), bytes.getLong())) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
