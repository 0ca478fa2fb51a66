/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.actors.replication.ReplicaKey;
import io.sluice.cluster.membership.RouterMessage.Item;
import io.sluice.cluster.membership.RouterMessage.Lead;
import io.sluice.cluster.membership.RouterMessage.LeadershipDigest;
import io.sluice.cluster.membership.RouterMessage.LeadershipNews;
import io.sluice.cluster.membership.RouterMessage.LeadershipPull;
import io.sluice.cluster.membership.RouterMessage.LeadershipTable;
import io.sluice.cluster.membership.RouterMessage.Listens;
import io.sluice.cluster.membership.RouterMessage.ReplicaEnvelope;
import io.sluice.cluster.membership.RouterMessage.Serves;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The binary form of {@link RouterMessage}s, by manifest. All numbers are big-endian, and every message begins with i32 from.
 *
 * <pre>
 *   R1 ReplicaEnvelope    i32 count, then each: key, i32 length, message
 *   L1 LeadershipNews     i32 count, then each: lead
 *   T1 LeadershipTable    i32 piece, i32 pieces, i32 count, then each: lead
 *   D1 LeadershipDigest   i32 count, i64 hash
 *   P1 LeadershipPull
 *   H1 Listens            i32 port, i32 length, host as UTF-8
 *   W1 Serves             the same
 *
 *   key   i64, i64 topic id, i32 partition
 *   lead  key, i32 epoch, i8 leads
 * </pre>
 */
public final class RouterCodec {
    private static final String ENVELOPE = "R1";
    private static final String NEWS = "L1";
    private static final String TABLE = "T1";
    private static final String DIGEST = "D1";
    private static final String PULL = "P1";
    private static final String LISTENS = "H1";
    private static final String SERVES = "W1";

    /** Every manifest that {@link #decode} knows. */
    public static final Set<String> MANIFESTS = Set.of(ENVELOPE, NEWS, TABLE, DIGEST, PULL, LISTENS, SERVES);

    private static final int KEY_BYTES = 2 * Long.BYTES + Integer.BYTES;
    private static final int LEAD_BYTES = KEY_BYTES + Integer.BYTES + 1;

    /** What one item takes beside its message. */
    static final int ITEM_OVERHEAD_BYTES = KEY_BYTES + Integer.BYTES;

    private RouterCodec() {}

    public static String manifest(RouterMessage message) {
        if (message instanceof ReplicaEnvelope) {
            return ENVELOPE;
        } else if (message instanceof LeadershipNews) {
            return NEWS;
        } else if (message instanceof LeadershipTable) {
            return TABLE;
        } else if (message instanceof Listens) {
            return LISTENS;
        } else if (message instanceof Serves) {
            return SERVES;
        }
        return message instanceof LeadershipDigest ? DIGEST : PULL;
    }

    public static byte[] encode(RouterMessage message) {
        if (message instanceof ReplicaEnvelope envelope) {
            return encode(envelope);
        } else if (message instanceof LeadershipNews news) {
            ByteBuffer out = begin(news, Integer.BYTES + news.leads().size() * LEAD_BYTES);
            return leads(out, news.leads());
        } else if (message instanceof LeadershipTable table) {
            ByteBuffer out = begin(table, 3 * Integer.BYTES + table.leads().size() * LEAD_BYTES);
            return leads(out.putInt(table.piece()).putInt(table.pieces()), table.leads());
        } else if (message instanceof LeadershipDigest digest) {
            return begin(digest, Integer.BYTES + Long.BYTES)
                    .putInt(digest.count())
                    .putLong(digest.hash())
                    .array();
        } else if (message instanceof Listens listens) {
            return address(listens, listens.host(), listens.port());
        } else if (message instanceof Serves serves) {
            return address(serves, serves.host(), serves.port());
        }
        return begin(message, 0).array();
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    public static RouterMessage decode(String manifest, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int from = in.getInt();
            return switch (manifest) {
                case ENVELOPE -> new ReplicaEnvelope(from, items(in));
                case NEWS -> new LeadershipNews(from, leads(in));
                case TABLE -> new LeadershipTable(from, in.getInt(), in.getInt(), leads(in));
                case DIGEST -> new LeadershipDigest(from, in.getInt(), in.getLong());
                case PULL -> new LeadershipPull(from);
                case LISTENS -> {
                    int port = in.getInt();
                    yield new Listens(from, host(in), port);
                }
                case SERVES -> {
                    int port = in.getInt();
                    yield new Serves(from, host(in), port);
                }
                default -> throw new IllegalArgumentException("unknown manifest " + manifest);
            };
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException(
                    "a message " + manifest + " of " + bytes.length + " bytes ends too early", torn);
        }
    }

    private static byte[] encode(ReplicaEnvelope envelope) {
        int bytes = Integer.BYTES;
        for (Item item : envelope.items()) {
            bytes += ITEM_OVERHEAD_BYTES + item.message().length;
        }
        ByteBuffer out = begin(envelope, bytes).putInt(envelope.items().size());
        for (Item item : envelope.items()) {
            key(out, item.key()).putInt(item.message().length).put(item.message());
        }
        return bytes(out);
    }

    private static byte[] bytes(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static List<Item> items(ByteBuffer in) {
        int count = count(in, ITEM_OVERHEAD_BYTES);
        List<Item> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ReplicaKey key = key(in);
            byte[] message = new byte[count(in, 1)];
            in.get(message);
            items.add(new Item(key, message));
        }
        return items;
    }

    private static byte[] leads(ByteBuffer out, List<Lead> leads) {
        out.putInt(leads.size());
        for (Lead lead : leads) {
            key(out, lead.key()).putInt(lead.epoch()).put((byte) (lead.leads() ? 1 : 0));
        }
        return bytes(out);
    }

    private static List<Lead> leads(ByteBuffer in) {
        int count = count(in, LEAD_BYTES);
        List<Lead> leads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            leads.add(new Lead(key(in), in.getInt(), in.get() != 0));
        }
        return leads;
    }

    private static byte[] address(RouterMessage message, String host, int port) {
        byte[] name = host.getBytes(StandardCharsets.UTF_8);
        return bytes(begin(message, 2 * Integer.BYTES + name.length)
                .putInt(port)
                .putInt(name.length)
                .put(name));
    }

    private static String host(ByteBuffer in) {
        byte[] host = new byte[count(in, 1)];
        in.get(host);
        return new String(host, StandardCharsets.UTF_8);
    }

    private static ByteBuffer begin(RouterMessage message, int bytes) {
        return ByteBuffer.allocate(Integer.BYTES + bytes).putInt(message.from());
    }

    private static ByteBuffer key(ByteBuffer out, ReplicaKey key) {
        return out.putLong(key.topicId().getMostSignificantBits())
                .putLong(key.topicId().getLeastSignificantBits())
                .putInt(key.partition());
    }

    private static ReplicaKey key(ByteBuffer in) {
        return new ReplicaKey(new UUID(in.getLong(), in.getLong()), in.getInt());
    }

    private static int count(ByteBuffer in, int elementBytes) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / elementBytes) {
            throw new IllegalArgumentException("a count of " + count + " with " + in.remaining() + " bytes left");
        }
        return count;
    }
}
