/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaJournalTest {
    private static final ReplicaKey ORDERS = new ReplicaKey(new UUID(1, 2), 0);
    private static final ReplicaKey ORDERS_1 = new ReplicaKey(new UUID(1, 2), 1);
    private static final ReplicaKey USERS = new ReplicaKey(new UUID(3, 4), 0);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("replica-state");
    }

    @Test
    void theLastStateOfAPartitionCounts() throws IOException {
        // Given
        append(
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(1, 0)),
                new ReplicaJournal.Entry(USERS, new ReplicaState(5, 5)),
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(2, 2)));

        // When
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            // Then
            assertThat(journal.states())
                    .containsOnly(
                            java.util.Map.entry(ORDERS, new ReplicaState(2, 2)),
                            java.util.Map.entry(USERS, new ReplicaState(5, 5)));
        }
        assertThat(Files.size(file))
                .as("one entry a partition after opening")
                .isEqualTo(ReplicaJournal.HEADER_BYTES + 2 * ReplicaJournal.ENTRY_BYTES);
    }

    @Test
    void aDeletedTopicIsForgotten() throws IOException {
        // Given
        append(
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(1, 0)),
                new ReplicaJournal.Entry(ORDERS_1, new ReplicaState(1, 0)),
                new ReplicaJournal.Entry(USERS, new ReplicaState(5, 5)),
                ReplicaJournal.Entry.forget(ORDERS.topicId()));

        // When
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            // Then
            assertThat(journal.states()).containsOnlyKeys(USERS);
        }
    }

    @Test
    void aTornTailIsCut() throws IOException {
        // Given
        append(
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(1, 1)),
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(2, 2)));
        byte[] content = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(content, content.length - 7));

        // When
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            // Then
            assertThat(journal.states()).containsOnly(java.util.Map.entry(ORDERS, new ReplicaState(1, 1)));
        }
    }

    @Test
    void damageInTheMiddleRefusesToOpen() throws IOException {
        // Given
        append(
                new ReplicaJournal.Entry(ORDERS, new ReplicaState(1, 1)),
                new ReplicaJournal.Entry(USERS, new ReplicaState(2, 2)));
        byte[] content = Files.readAllBytes(file);
        content[ReplicaJournal.HEADER_BYTES + 20] ^= 1;
        Files.write(file, content);

        // When, then
        assertThatThrownBy(() -> ReplicaJournal.open(file)).hasMessageContaining("replica-state is damaged at byte 8");
    }

    @Test
    void anotherVersionIsRefusedByName() throws IOException {
        // Given
        append(new ReplicaJournal.Entry(ORDERS, new ReplicaState(1, 1)));
        byte[] content = Files.readAllBytes(file);
        content[5] = 9;
        Files.write(file, content);

        // When, then
        assertThatThrownBy(() -> ReplicaJournal.open(file))
                .hasMessageContaining("format version 9, this program knows version 2");
    }

    @Test
    void everyFieldComesBack() throws IOException {
        // Given
        ReplicaState state = new ReplicaState(9, 8, 7, new java.util.UUID(6, 5), new java.util.UUID(4, 3));
        append(new ReplicaJournal.Entry(ORDERS, state));

        // When
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            // Then
            assertThat(journal.states()).containsOnly(java.util.Map.entry(ORDERS, state));
        }
    }

    @Test
    void aJournalFromBeforeReplicaSetsIsRead() throws IOException {
        // Given
        java.nio.ByteBuffer old = java.nio.ByteBuffer.allocate(40);
        old.putInt(0x534C5253).putShort((short) 1).putShort((short) 0);
        old.putLong(ORDERS.topicId().getMostSignificantBits())
                .putLong(ORDERS.topicId().getLeastSignificantBits())
                .putInt(ORDERS.partition())
                .putInt(5)
                .putInt(4);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(old.array(), 8, 28);
        old.putInt((int) crc.getValue());
        Files.write(file, old.array());

        // When
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            // Then
            assertThat(journal.states()).containsOnly(java.util.Map.entry(ORDERS, new ReplicaState(5, 4)));
        }
    }

    @Test
    void garbageIsNoJournal() throws IOException {
        // Given
        Files.writeString(file, "hello, world", StandardOpenOption.CREATE);

        // When, then
        assertThatThrownBy(() -> ReplicaJournal.open(file)).hasMessageContaining("is not a replica-state journal");
    }

    private void append(ReplicaJournal.Entry... entries) throws IOException {
        try (ReplicaJournal journal = ReplicaJournal.open(file)) {
            journal.append(List.of(entries));
        }
    }
}
