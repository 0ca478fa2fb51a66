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
 *   | SLRS  | version|   0    |      header, 8 bytes, version = 2
 *   +-------+--------+--------+
 *   0          16          20         24       28            32          48     64       68
 *   +----------+-----------+----------+--------+-------------+-----------+------+--------+
 *   | topic id | partition | promised | synced | set version | directory | boot | crc32c |   entry; the crc covers all before it
 *   +----------+-----------+----------+--------+-------------+-----------+------+--------+
 * </pre>
 *
 * <p>Version 1, which is still read, had neither set version nor directory nor boot.
 *
 * <p>The last entry of a partition counts. partition = -1 forgets the topic. A torn tail is cut when the file is opened (it was
 * never acknowledged); a damaged entry with whole ones behind it refuses to open, since a forgotten promise is not safe. Opening
 * writes the file anew with one entry a partition. All numbers are big-endian.
 *
 * <p>This class is not thread-safe.
 */
final class ReplicaJournal implements AutoCloseable {
    static final int HEADER_BYTES = 8;
    static final int ENTRY_BYTES = 68;
    private static final int MAGIC = 0x534C5253;
    private static final short VERSION = 2;
    private static final short VERSION_WITHOUT_SETS = 1;
    private static final int ENTRY_BYTES_WITHOUT_SETS = 32;
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
        if (version != VERSION && version != VERSION_WITHOUT_SETS) {
            throw new IOException(file + " has format version " + version + ", this program knows version " + VERSION);
        }
        content.getShort();
        int entryBytes = version == VERSION ? ENTRY_BYTES : ENTRY_BYTES_WITHOUT_SETS;
        Map<ReplicaKey, ReplicaState> states = new HashMap<>();
        while (content.remaining() >= entryBytes) {
            int position = content.position();
            if (crc(content, position, entryBytes) != content.getInt(position + entryBytes - Integer.BYTES)) {
                if (anyWholeEntryAfter(content, position, entryBytes)) {
                    throw new IOException(
                            file + " is damaged at byte " + position
                                    + ": the promises in it can't be trusted; restore it, or start with an empty data directory");
                }
                break;
            }
            apply(states, content, entryBytes == ENTRY_BYTES);
            content.position(position + entryBytes);
        }
        return states;
    }

    private static boolean anyWholeEntryAfter(ByteBuffer content, int damaged, int entryBytes) {
        for (int at = damaged + entryBytes; at + entryBytes <= content.limit(); at += entryBytes) {
            if (crc(content, at, entryBytes) == content.getInt(at + entryBytes - Integer.BYTES)) {
                return true;
            }
        }
        return false;
    }

    private static void apply(Map<ReplicaKey, ReplicaState> states, ByteBuffer entry, boolean withSet) {
        UUID topicId = id(entry);
        int partition = entry.getInt();
        if (partition == FORGET) {
            states.keySet().removeIf(key -> key.topicId().equals(topicId));
        } else {
            states.put(new ReplicaKey(topicId, partition), state(entry, withSet));
        }
    }

    private static ReplicaState state(ByteBuffer entry, boolean withSet) {
        int promised = entry.getInt();
        int synced = entry.getInt();
        return withSet
                ? new ReplicaState(promised, synced, entry.getInt(), id(entry), id(entry))
                : new ReplicaState(promised, synced);
    }

    private static UUID id(ByteBuffer entry) {
        return new UUID(entry.getLong(), entry.getLong());
    }

    private static void put(ByteBuffer buffer, Entry entry) {
        int start = buffer.position();
        ReplicaState state = entry.state();
        put(buffer, entry.key().topicId());
        buffer.putInt(entry.key().partition())
                .putInt(state.promised())
                .putInt(state.synced())
                .putInt(state.setVersion());
        put(buffer, state.directory());
        put(buffer, state.boot());
        buffer.putInt(crc(buffer, start, ENTRY_BYTES));
    }

    private static void put(ByteBuffer buffer, UUID id) {
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static int crc(ByteBuffer buffer, int start, int entryBytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start, entryBytes - Integer.BYTES));
        return (int) crc.getValue();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
