/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/**
 * The journal {@code replica-state} of a node, as far as it says which replicas are trusted: their marks of data directory and boot are the node's
 * own. A replica that is not must not be the only one left of its record, so whoever damages nodes asks here first.
 */
final class ReplicaStates {
    private static final UUID NONE = new UUID(0, 0);
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 68;

    /** A partition. */
    record Key(UUID topicId, int partition) {}

    private record Marks(UUID directory, UUID boot) {}

    private final Map<Key, Marks> marks = new HashMap<>();
    private final UUID directory;

    private ReplicaStates(UUID directory) {
        this.directory = directory;
    }

    static ReplicaStates of(Path data) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(data.resolve("node.properties"))) {
            properties.load(reader);
        }
        var states = new ReplicaStates(UUID.fromString(properties.getProperty("directory.id")));
        ByteBuffer journal = ByteBuffer.wrap(Files.readAllBytes(data.resolve("replica-state")));
        for (int at = HEADER_BYTES; at + ENTRY_BYTES <= journal.limit(); at += ENTRY_BYTES) {
            var key = new Key(id(journal, at), journal.getInt(at + 16));
            if (key.partition() >= 0) {
                states.marks.put(key, new Marks(id(journal, at + 32), id(journal, at + 48)));
            } else {
                states.marks.keySet().removeIf(one -> one.topicId().equals(key.topicId()));
            }
        }
        return states;
    }

    /** Of which partitions there is a replica. */
    Set<Key> all() {
        return new HashSet<>(marks.keySet());
    }

    /** Those replicas that are trusted in the run of the kernel {@code boot}. */
    Set<Key> trusted(UUID boot) {
        var trusted = new HashSet<Key>();
        marks.forEach((key, mark) -> {
            if (mark.directory().equals(directory)
                    && (mark.boot().equals(NONE) || mark.boot().equals(boot))) {
                trusted.add(key);
            }
        });
        return trusted;
    }

    private static UUID id(ByteBuffer buffer, int at) {
        return new UUID(buffer.getLong(at), buffer.getLong(at + Long.BYTES));
    }
}
