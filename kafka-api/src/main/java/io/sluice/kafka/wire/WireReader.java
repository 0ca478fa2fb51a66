/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * Reads protocol types out of a Netty buffer, for the generated message classes and for hand-written decoders. Every length is
 * checked before anything is allocated for it; a wrong one is a {@link MalformedRequestException}. Not thread-safe.
 *
 * <p>Design note: the generated classes compare an array's length with {@link #remaining} before they allocate its collection, so
 * {@code remaining} never answers more than the limit of array elements.
 */
public final class WireReader implements Readable {
    /** The most elements one array may have ({@code sluice.request.array.max.elements}). */
    public static final int ARRAY_ELEMENTS_MAX = 1_000_000;

    /** The most tagged fields that one request may carry beyond the known ones ({@code sluice.request.tagged.max.fields}). */
    public static final int TAGGED_FIELDS_MAX = 10_000;

    private final ByteBuf buffer;
    private int unknownTaggedFields;

    public WireReader(ByteBuf buffer) {
        this.buffer = buffer;
    }

    /** The buffer; its reader index is where this reader is. */
    public ByteBuf buffer() {
        return buffer;
    }

    private void need(int bytes) {
        if (bytes < 0 || bytes > buffer.readableBytes()) {
            throw new MalformedRequestException(
                    "a field of " + bytes + " bytes where " + buffer.readableBytes() + " are left");
        }
    }

    @Override
    public byte readByte() {
        need(Byte.BYTES);
        return buffer.readByte();
    }

    @Override
    public short readShort() {
        need(Short.BYTES);
        return buffer.readShort();
    }

    @Override
    public int readInt() {
        need(Integer.BYTES);
        return buffer.readInt();
    }

    @Override
    public long readLong() {
        need(Long.BYTES);
        return buffer.readLong();
    }

    @Override
    public double readDouble() {
        need(Double.BYTES);
        return buffer.readDouble();
    }

    @Override
    public byte[] readArray(int length) {
        need(length);
        byte[] bytes = new byte[length];
        buffer.readBytes(bytes);
        return bytes;
    }

    /** A copy on the heap, so that the frame can be freed once its message is decoded. */
    @Override
    public ByteBuffer readByteBuffer(int length) {
        return ByteBuffer.wrap(readArray(length));
    }

    @Override
    public String readString(int length) {
        need(length);
        String text = buffer.toString(buffer.readerIndex(), length, StandardCharsets.UTF_8);
        buffer.skipBytes(length);
        return text;
    }

    @Override
    public int readUnsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte b = readByte();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedRequestException("a varint of more than 5 bytes");
    }

    @Override
    public int readVarint() {
        int raw = readUnsignedVarint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    @Override
    public long readVarlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = readByte();
            raw |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new MalformedRequestException("a varlong of more than 10 bytes");
    }

    @Override
    public int remaining() {
        return Math.min(buffer.readableBytes(), ARRAY_ELEMENTS_MAX);
    }

    @Override
    public Readable slice() {
        return new WireReader(buffer.slice());
    }

    @Override
    public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> fields, int tag, int size) {
        countTaggedField();
        List<RawTaggedField> all = fields == null ? new ArrayList<>() : fields;
        all.add(new RawTaggedField(tag, readArray(size)));
        return all;
    }

    /** Skips a tag section whose fields are all unknown to this broker. */
    public void skipTaggedFields() {
        int count = readUnsignedVarint();
        for (int i = 0; i < count; i++) {
            readUnsignedVarint();
            skipTaggedField(readUnsignedVarint());
        }
    }

    /** Skips the value of one unknown tagged field. */
    public void skipTaggedField(int size) {
        countTaggedField();
        need(size);
        buffer.skipBytes(size);
    }

    private void countTaggedField() {
        if (++unknownTaggedFields > TAGGED_FIELDS_MAX) {
            throw new MalformedRequestException("more than " + TAGGED_FIELDS_MAX + " unknown tagged fields");
        }
    }

    /** Number of elements of an array that follows; -1 for null. Each element takes at least one byte. */
    public int readArrayLength(boolean compact) {
        int length = compact ? readUnsignedVarint() - 1 : readInt();
        if (length < -1 || length > remaining()) {
            throw new MalformedRequestException("an array of " + length + " elements where " + buffer.readableBytes()
                    + " bytes are left (at most " + ARRAY_ELEMENTS_MAX + " elements)");
        }
        return length;
    }

    /** A string that may be null. */
    public String readNullableString(boolean compact) {
        int length = compact ? readUnsignedVarint() - 1 : readShort();
        if (length < -1 || length > Short.MAX_VALUE) {
            throw new MalformedRequestException("a string of " + length + " bytes");
        }
        return length < 0 ? null : readString(length);
    }
}
