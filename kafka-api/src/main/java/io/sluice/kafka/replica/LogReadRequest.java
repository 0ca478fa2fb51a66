/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Find;
import io.sluice.actors.replication.RemoteLogs.Question;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.actors.replication.RemoteLogs.When;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.LogView.Bound;
import java.util.ArrayList;
import java.util.List;

/**
 * What readers on one broker, that are no replicas, would like to know of partitions that another one leads. Each question has a number of its own; it stands until it is
 * answered or cancelled, by any response of the connection.
 *
 * <pre>
 *  {@link LinkRequest} with api key = 10002
 *  int32 count | { int64 number | int8 kind | int8 bound | int64 int64 topic id | int32 partition | int64 argument | int32 max bytes } ...
 *  int32 count | { int64 number } ...                                                                 cancelled
 *
 *  kind      argument                  max bytes            bound
 *  0 read    offset                    of the records       0 high watermark
 *  1 await   offset                    0                    1 last stable offset
 *  2 find    timestamp in ms           0
 *  3 when    offset                    0
 * </pre>
 */
record LogReadRequest(LinkRequest link, List<Entry> entries, List<Long> cancelled) implements LinkTraffic.Request {
    /** Beyond Kafka's numbers, which are below 100. */
    static final short KEY = 10_002;

    private static final byte READ = 0;
    private static final byte AWAIT = 1;
    private static final byte FIND = 2;
    private static final byte WHEN = 3;

    private static final int ENTRY_BYTES = 8 + 1 + 1 + 16 + 4 + 8 + 4;

    /** A question and its number. */
    record Entry(long number, Question question) {}

    @Override
    public int sizeInBytes() {
        return link.sizeInBytes() + 2 * Integer.BYTES + entries.size() * ENTRY_BYTES + cancelled.size() * Long.BYTES;
    }

    @Override
    public void write(ByteBuf out, int correlationId) {
        link.write(out, KEY, correlationId, sizeInBytes());
        out.writeInt(entries.size());
        entries.forEach(entry -> write(out, entry));
        out.writeInt(cancelled.size());
        cancelled.forEach(out::writeLong);
    }

    private static void write(ByteBuf out, Entry entry) {
        Question question = entry.question();
        out.writeLong(entry.number());
        out.writeByte(kind(question));
        out.writeByte(question.bound() == Bound.HIGH_WATERMARK ? 0 : 1);
        ReplicaFetchRequest.writeKey(out, question.key());
        if (question instanceof Read read) {
            out.writeLong(read.offset());
            out.writeInt(read.maxBytes());
        } else if (question instanceof Await await) {
            out.writeLong(await.offset());
            out.writeInt(0);
        } else if (question instanceof Find find) {
            out.writeLong(find.timestampMs());
            out.writeInt(0);
        } else if (question instanceof When when) {
            out.writeLong(when.offset());
            out.writeInt(0);
        }
    }

    private static byte kind(Question question) {
        if (question instanceof Read) {
            return READ;
        } else if (question instanceof Await) {
            return AWAIT;
        }
        return question instanceof Find ? FIND : WHEN;
    }

    /**
     * Reads what follows the header.
     *
     * @throws MalformedRequestException unless it is exactly one request
     */
    static LogReadRequest read(ByteBuf frame) {
        WireReader in = new WireReader(frame);
        LinkRequest link = LinkRequest.read(in);
        int count = LinkRequest.readCount(in, ENTRY_BYTES);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(readEntry(in));
        }
        int cancelledCount = LinkRequest.readCount(in, Long.BYTES);
        List<Long> cancelled = new ArrayList<>(cancelledCount);
        for (int i = 0; i < cancelledCount; i++) {
            cancelled.add(in.readLong());
        }
        LinkRequest.readEnd(in);
        return new LogReadRequest(link, entries, cancelled);
    }

    private static Entry readEntry(WireReader in) {
        long number = in.readLong();
        byte kind = in.readByte();
        byte boundCode = in.readByte();
        ReplicaKey key = ReplicaFetchRequest.readKey(in);
        long argument = in.readLong();
        int maxBytes = in.readInt();
        if (boundCode < 0 || boundCode > 1 || maxBytes < 0) {
            throw new MalformedRequestException("a question with bound " + boundCode + " and max bytes " + maxBytes);
        }
        Bound bound = boundCode == 0 ? Bound.HIGH_WATERMARK : Bound.LAST_STABLE_OFFSET;
        return switch (kind) {
            case READ -> new Entry(number, new Read(key, bound, argument, maxBytes));
            case AWAIT -> new Entry(number, new Await(key, bound, argument));
            case FIND -> new Entry(number, new Find(key, bound, argument));
            case WHEN -> new Entry(number, new When(key, bound, argument));
            default -> throw new MalformedRequestException("a question of kind " + kind);
        };
    }
}
