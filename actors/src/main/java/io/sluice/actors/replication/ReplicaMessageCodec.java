/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a {@link ReplicaMessage} on its way to another node. All numbers are big-endian; a flag is a byte, 0 or 1.
 *
 * <pre>
 *  int8 version = 1 | int8 kind | fields
 *
 *  kind             fields
 *   1 Prepare       int32 epoch | int64 number | int32 set version
 *   2 Promise       int32 epoch | int64 number | int64 session | int32 synced | int64 log end | flag suspect
 *   3 Refuse        int32 promised | int32 set version
 *   4 Confirm       int32 epoch | int64 number | int32 set version
 *   5 Confirmed     int32 epoch | int64 number | int64 session | int32 set version | flag suspect
 *   6 Leading       int32 epoch | int64 start offset | int32 set version
 *   7 Seek          int32 promised
 *   8 TakeOver      int32 epoch
 *   9 Fetch         int32 epoch | int64 session | int64 number | int64 source | int64 offset | int32 last epoch | flag synced
 *                   | flag suspect | int64 high watermark
 *  10 Records       int32 epoch | int64 number | int64 offset | int64 high watermark | int64 log start | flag admitted
 *  11 Diverging     int32 epoch | int64 number | int32 last epoch | int64 end offset | int64 log start
 *  12 Restart       int32 epoch | int64 number | int64 log start
 * </pre>
 *
 * <p>A kind has always the same size, so messages can follow each other without lengths. A changed layout gets a new version; the number of a
 * kind is never used again.
 */
public final class ReplicaMessageCodec {
    static final byte VERSION = 1;

    private static final int HEAD_BYTES = 2;

    private static final byte PREPARE = 1;
    private static final byte PROMISE = 2;
    private static final byte REFUSE = 3;
    private static final byte CONFIRM = 4;
    private static final byte CONFIRMED = 5;
    private static final byte LEADING = 6;
    private static final byte SEEK = 7;
    private static final byte TAKE_OVER = 8;
    private static final byte FETCH = 9;
    private static final byte RECORDS = 10;
    private static final byte DIVERGING = 11;
    private static final byte RESTART = 12;

    /** Bytes of each kind's fields, by its number. */
    private static final int[] FIELD_BYTES = {
        0,
        4 + 8 + 4,
        4 + 8 + 8 + 4 + 8 + 1,
        4 + 4,
        4 + 8 + 4,
        4 + 8 + 8 + 4 + 1,
        4 + 8 + 4,
        4,
        4,
        4 + 8 + 8 + 8 + 8 + 4 + 1 + 1 + 8,
        4 + 8 + 8 + 8 + 8 + 1,
        4 + 8 + 4 + 8 + 8,
        4 + 8 + 8
    };

    /** Bytes of a {@link ReplicaMessage.Fetch}. */
    public static final int FETCH_BYTES = HEAD_BYTES + FIELD_BYTES[FETCH];

    /** The most bytes that a message has. */
    public static final int BYTES_MAX = FETCH_BYTES;

    private ReplicaMessageCodec() {}

    /** Bytes that {@link #write} needs. */
    public static int size(ReplicaMessage message) {
        return HEAD_BYTES + FIELD_BYTES[kind(message)];
    }

    public static byte[] encode(ReplicaMessage message) {
        byte[] bytes = new byte[size(message)];
        write(message, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** @throws ReplicaMessageFormatException also if bytes are left over */
    public static ReplicaMessage decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        ReplicaMessage message = read(in);
        if (in.hasRemaining()) {
            throw new ReplicaMessageFormatException(in.remaining() + " bytes too many behind "
                    + message.getClass().getSimpleName());
        }
        return message;
    }

    private static byte kind(ReplicaMessage message) {
        if (message instanceof ReplicaMessage.Fetch) {
            return FETCH;
        } else if (message instanceof ReplicaMessage.Records) {
            return RECORDS;
        } else if (message instanceof ReplicaMessage.Diverging) {
            return DIVERGING;
        } else if (message instanceof ReplicaMessage.Restart) {
            return RESTART;
        } else if (message instanceof ReplicaMessage.Prepare) {
            return PREPARE;
        } else if (message instanceof ReplicaMessage.Promise) {
            return PROMISE;
        } else if (message instanceof ReplicaMessage.Refuse) {
            return REFUSE;
        } else if (message instanceof ReplicaMessage.Confirm) {
            return CONFIRM;
        } else if (message instanceof ReplicaMessage.Confirmed) {
            return CONFIRMED;
        } else if (message instanceof ReplicaMessage.Leading) {
            return LEADING;
        }
        return message instanceof ReplicaMessage.TakeOver ? TAKE_OVER : SEEK;
    }

    /** Writes the message from the buffer's position on, which moves behind it. */
    public static void write(ReplicaMessage message, ByteBuffer out) {
        requireBigEndian(out);
        out.put(VERSION).put(kind(message));
        if (message instanceof ReplicaMessage.Fetch m) {
            out.putInt(m.epoch()).putLong(m.session()).putLong(m.number());
            out.putLong(m.source()).putLong(m.offset());
            out.putInt(m.lastEpoch())
                    .put(flag(m.synced()))
                    .put(flag(m.suspect()))
                    .putLong(m.highWatermark());
        } else if (message instanceof ReplicaMessage.Answer answer) {
            writeAnswer(answer, out);
        } else if (message instanceof ReplicaMessage.Prepare m) {
            out.putInt(m.epoch()).putLong(m.number()).putInt(m.setVersion());
        } else if (message instanceof ReplicaMessage.Promise m) {
            out.putInt(m.epoch()).putLong(m.number()).putLong(m.session());
            out.putInt(m.synced()).putLong(m.logEnd()).put(flag(m.suspect()));
        } else if (message instanceof ReplicaMessage.Refuse m) {
            out.putInt(m.promised()).putInt(m.setVersion());
        } else if (message instanceof ReplicaMessage.Confirm m) {
            out.putInt(m.epoch()).putLong(m.number()).putInt(m.setVersion());
        } else if (message instanceof ReplicaMessage.Confirmed m) {
            out.putInt(m.epoch()).putLong(m.number()).putLong(m.session());
            out.putInt(m.setVersion()).put(flag(m.suspect()));
        } else if (message instanceof ReplicaMessage.Leading m) {
            out.putInt(m.epoch()).putLong(m.startOffset()).putInt(m.setVersion());
        } else if (message instanceof ReplicaMessage.TakeOver m) {
            out.putInt(m.epoch());
        } else {
            out.putInt(((ReplicaMessage.Seek) message).promised());
        }
    }

    private static void writeAnswer(ReplicaMessage.Answer answer, ByteBuffer out) {
        out.putInt(answer.epoch()).putLong(answer.number());
        if (answer instanceof ReplicaMessage.Records m) {
            out.putLong(m.offset()).putLong(m.highWatermark()).putLong(m.logStart());
            out.put(flag(m.admitted()));
        } else if (answer instanceof ReplicaMessage.Diverging m) {
            out.putInt(m.lastEpoch()).putLong(m.endOffset()).putLong(m.logStart());
        } else {
            out.putLong(((ReplicaMessage.Restart) answer).logStart());
        }
    }

    /**
     * Reads one message from the buffer's position on, which moves behind it.
     *
     * @throws ReplicaMessageFormatException if it is cut short, or of a version or kind that is not known
     */
    public static ReplicaMessage read(ByteBuffer in) {
        requireBigEndian(in);
        if (in.remaining() < HEAD_BYTES) {
            throw new ReplicaMessageFormatException("a replica message of " + in.remaining() + " bytes");
        }
        byte version = in.get();
        byte kind = in.get();
        if (version != VERSION) {
            throw new ReplicaMessageFormatException(
                    "a replica message of version " + version + ", known is " + VERSION);
        }
        if (kind <= 0 || kind >= FIELD_BYTES.length) {
            throw new ReplicaMessageFormatException("a replica message of the unknown kind " + kind);
        }
        if (in.remaining() < FIELD_BYTES[kind]) {
            throw new ReplicaMessageFormatException("a replica message of kind " + kind + " with " + in.remaining()
                    + " bytes of fields, not " + FIELD_BYTES[kind]);
        }
        return kind >= RECORDS ? readAnswer(kind, in) : readFields(kind, in);
    }

    private static ReplicaMessage readFields(byte kind, ByteBuffer in) {
        int first = in.getInt();
        return switch (kind) {
            case PREPARE -> new ReplicaMessage.Prepare(first, in.getLong(), in.getInt());
            case PROMISE ->
                new ReplicaMessage.Promise(first, in.getLong(), in.getLong(), in.getInt(), in.getLong(), flag(in));
            case REFUSE -> new ReplicaMessage.Refuse(first, in.getInt());
            case CONFIRM -> new ReplicaMessage.Confirm(first, in.getLong(), in.getInt());
            case CONFIRMED -> new ReplicaMessage.Confirmed(first, in.getLong(), in.getLong(), in.getInt(), flag(in));
            case LEADING -> new ReplicaMessage.Leading(first, in.getLong(), in.getInt());
            case SEEK -> new ReplicaMessage.Seek(first);
            case TAKE_OVER -> new ReplicaMessage.TakeOver(first);
            default ->
                new ReplicaMessage.Fetch(
                        first,
                        in.getLong(),
                        in.getLong(),
                        in.getLong(),
                        in.getLong(),
                        in.getInt(),
                        flag(in),
                        flag(in),
                        in.getLong());
        };
    }

    private static ReplicaMessage.Answer readAnswer(byte kind, ByteBuffer in) {
        int epoch = in.getInt();
        long number = in.getLong();
        return switch (kind) {
            case RECORDS ->
                new ReplicaMessage.Records(epoch, number, in.getLong(), in.getLong(), in.getLong(), flag(in));
            case DIVERGING -> new ReplicaMessage.Diverging(epoch, number, in.getInt(), in.getLong(), in.getLong());
            default -> new ReplicaMessage.Restart(epoch, number, in.getLong());
        };
    }

    private static byte flag(boolean set) {
        return (byte) (set ? 1 : 0);
    }

    private static boolean flag(ByteBuffer in) {
        byte value = in.get();
        if (value != 0 && value != 1) {
            throw new ReplicaMessageFormatException("a flag of value " + value + " in a replica message");
        }
        return value == 1;
    }

    private static void requireBigEndian(ByteBuffer buffer) {
        if (buffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer must be big-endian");
        }
    }
}
