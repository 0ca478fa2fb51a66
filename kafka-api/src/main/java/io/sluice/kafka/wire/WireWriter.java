/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Writable;

/** Writes protocol types into a Netty buffer that is large enough. Not thread-safe. */
public final class WireWriter implements Writable {
    private final ByteBuf buffer;

    public WireWriter(ByteBuf buffer) {
        this.buffer = buffer;
    }

    @Override
    public void writeByte(byte value) {
        buffer.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        buffer.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        buffer.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        buffer.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        buffer.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        buffer.writeBytes(bytes);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        buffer.writeBytes(bytes.duplicate());
    }

    @Override
    public void writeUnsignedVarint(int value) {
        writeUnsignedVarint(buffer, value);
    }

    /** Seven bits a byte, the lowest first; the top bit says that more follow. */
    public static void writeUnsignedVarint(ByteBuf buffer, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte(rest);
    }

    /** Bytes that {@link #writeUnsignedVarint} needs. */
    public static int sizeOfUnsignedVarint(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Bytes of the length of an array or of bytes: a varint of length + 1, or an int32. */
    public static int sizeOfLength(int length, boolean compact) {
        return compact ? sizeOfUnsignedVarint(length + 1) : Integer.BYTES;
    }

    /** The length of an array or of bytes; -1 for null. */
    public static void writeLength(ByteBuf buffer, int length, boolean compact) {
        if (compact) {
            writeUnsignedVarint(buffer, length + 1);
        } else {
            buffer.writeInt(length);
        }
    }

    /** Bytes of a string with its length; null is allowed. */
    public static int sizeOfString(String text, boolean compact) {
        int bytes = text == null ? 0 : ByteBufUtil.utf8Bytes(text);
        return bytes + (compact ? sizeOfUnsignedVarint(text == null ? 0 : bytes + 1) : Short.BYTES);
    }

    /** A string with its length; null is allowed. */
    public static void writeString(ByteBuf buffer, String text, boolean compact) {
        int bytes = text == null ? -1 : ByteBufUtil.utf8Bytes(text);
        if (compact) {
            writeUnsignedVarint(buffer, bytes + 1);
        } else {
            buffer.writeShort(bytes);
        }
        if (text != null) {
            ByteBufUtil.reserveAndWriteUtf8(buffer, text, bytes);
        }
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            buffer.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer.writeByte((int) rest);
    }
}
