/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The file {@code replica-state}: the states of all partitions of a node, appended as they change, so that a thousand
 * partitions that start together cost one write and one force.
 *
 * <pre>
 *   0       4        6        8
 *   +-------+--------+--------+
 *   | SLRS  | version|   0    |      header, 8 bytes, version = 1
 *   +-------+--------+--------+
 *   0              16          20         24        28      32
 *   +---------------+-----------+----------+---------+-------+
 *   | topic id      | partition | promised | synced  | crc32c|   entry, 32 bytes; the crc covers the 28 before it
 *   +---------------+-----------+----------+---------+-------+
 * </pre>
 *
 * <p>The last entry of a partition counts. partition = -1 forgets the topic. A torn tail is cut when the file is opened (it was
 * never acknowledged); a damaged entry with whole ones behind it refuses to open, since a forgotten promise is not safe. Opening
 * writes the file anew with one entry a partition. All numbers are big-endian.
 *
 * <p>This class is not thread-safe.
 */
final class ReplicaJournal implements AutoCloseable {
    static final int HEADER_BYTES = 8;
    static final int ENTRY_BYTES = 32;
    private static final int MAGIC = 0x534C5253;
    private static final short VERSION = 1;
    private static final int FORGET = -1;

    /** One line of the journal. */
    record Entry(ReplicaKey key, ReplicaState state) {
        static Entry forget(UUID topicId) {
            return new Entry(new ReplicaKey(topicId, FORGET), ReplicaState.BLANK);
        }
    }

    private final FileChannel channel;
    private final Map<ReplicaKey, ReplicaState> states;

    private ReplicaJournal(FileChannel channel, Map<ReplicaKey, ReplicaState> states) {
        this.channel = channel;
        this.states = states;
    }

    /** @throws IOException with a message for people if the file can't be trusted */
    static ReplicaJournal open(Path file) throws IOException {
        Map<ReplicaKey, ReplicaState> states = Files.exists(file) ? read(file) : new HashMap<>();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + states.size() * ENTRY_BYTES);
        content.putInt(MAGIC).putShort(VERSION).putShort((short) 0);
        states.forEach((key, state) -> put(content, new Entry(key, state)));
        FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            writeFully(channel, content.flip());
            channel.force(true);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
        return new ReplicaJournal(channel, states);
    }

    /** What was read at opening. */
    Map<ReplicaKey, ReplicaState> states() {
        return states;
    }

    /**
     * Appends with one write and one force. If it fails what it wrote is cut off again (a full disk has room for that), so that a later
     * append does not end up behind half an entry.
     */
    void append(List<Entry> entries) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(entries.size() * ENTRY_BYTES);
        entries.forEach(entry -> put(buffer, entry));
        long before = channel.position();
        try {
            writeFully(channel, buffer.flip());
            channel.force(false);
        } catch (IOException failed) {
            channel.truncate(before);
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static Map<ReplicaKey, ReplicaState> read(Path file) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
        if (content.remaining() < HEADER_BYTES || content.getInt() != MAGIC) {
            throw new IOException(file + " is not a replica-state journal");
        }
        short version = content.getShort();
        if (version != VERSION) {
            throw new IOException(file + " has format version " + version + ", this program knows version " + VERSION);
        }
        content.getShort();
        Map<ReplicaKey, ReplicaState> states = new HashMap<>();
        while (content.remaining() >= ENTRY_BYTES) {
            int position = content.position();
            if (crc(content, position) != content.getInt(position + ENTRY_BYTES - Integer.BYTES)) {
                if (anyWholeEntryAfter(content, position)) {
                    throw new IOException(
                            file + " is damaged at byte " + position
                                    + ": the promises in it can't be trusted; restore it, or start with an empty data directory");
                }
                break;
            }
            apply(states, content);
            content.position(position + ENTRY_BYTES);
        }
        return states;
    }

    private static boolean anyWholeEntryAfter(ByteBuffer content, int damaged) {
        for (int at = damaged + ENTRY_BYTES; at + ENTRY_BYTES <= content.limit(); at += ENTRY_BYTES) {
            if (crc(content, at) == content.getInt(at + ENTRY_BYTES - Integer.BYTES)) {
                return true;
            }
        }
        return false;
    }

    private static void apply(Map<ReplicaKey, ReplicaState> states, ByteBuffer entry) {
        UUID topicId = new UUID(entry.getLong(), entry.getLong());
        int partition = entry.getInt();
        if (partition == FORGET) {
            states.keySet().removeIf(key -> key.topicId().equals(topicId));
        } else {
            states.put(new ReplicaKey(topicId, partition), new ReplicaState(entry.getInt(), entry.getInt()));
        }
    }

    private static void put(ByteBuffer buffer, Entry entry) {
        int start = buffer.position();
        buffer.putLong(entry.key().topicId().getMostSignificantBits())
                .putLong(entry.key().topicId().getLeastSignificantBits())
                .putInt(entry.key().partition())
                .putInt(entry.state().promised())
                .putInt(entry.state().synced());
        buffer.putInt(crc(buffer, start));
    }

    private static int crc(ByteBuffer buffer, int start) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start, ENTRY_BYTES - Integer.BYTES));
        return (int) crc.getValue();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
