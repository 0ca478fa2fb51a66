/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.wire.MalformedRequestException;

/**
 * Cuts what a socket brings into requests.
 *
 * <pre>
 *  int32 length | int16 api key | int16 api version | int32 correlation id | ...
 *  '--------- head: decides limit and reservation ---------'  (the first 6 bytes)
 * </pre>
 *
 * <p>A small request is handed on inside the event loop's shared buffer, without a copy. A request that is not there as a whole, or
 * that carries records, gets a buffer of exactly its size, once its bytes are reserved; the rest of it is read from the socket
 * straight into that buffer. What can't be taken now (no memory, too many requests in flight) is parked: at most one read.
 * Not thread-safe: used on the connection's event loop.
 */
final class FrameAssembler {
    private static final int HEAD_BYTES = 6;

    /** Api key, version and correlation id: the least that a request consists of. */
    private static final int LENGTH_MIN = 8;

    /** A connection whose last request was at least so large is first asked for a header only. */
    private static final int LARGE_BYTES = 16 << 10;

    /** What a request that had to wait gets at first. Its client may have gone meanwhile, with its end behind what it has sent. */
    private static final int AFTER_WAIT_BYTES = 256 << 10;

    /** By which such a buffer grows whenever it is full, up to the request's size: so a third of the request is copied at most. */
    private static final int GROWTH = 4;

    private static final int NONE = -1;

    /** Whose requests they are. */
    interface Owner {
        /** Checks the length; reserves its bytes and answers true, or arranges for {@link FrameAssembler#admitted} to be called and answers false. */
        boolean admit(int length, short apiKey);

        /** Whether the request must have its own buffer, because record bytes are kept beyond the call. */
        boolean keepsBuffer(short apiKey);

        /** A whole request between the buffer's indexes. {@code owned}: the buffer is the receiver's to release; else it is lent for the call. */
        void onFrame(ByteBuf frame, int length, boolean owned);

        /** So many bytes more (or fewer, if negative) are parked. */
        void parked(int bytes);

        /** Whether no further request may be taken now. */
        boolean isBlocked();
    }

    private final Owner owner;
    private final LoopContext loop;
    private final byte[] head = new byte[HEAD_BYTES];
    private int headBytes;
    private int pendingLength = NONE;
    private short pendingKey;
    private ByteBuf receiving;
    private ByteBuf parked;
    private boolean lastWasLarge;
    private long startedNanos;

    FrameAssembler(Owner owner, LoopContext loop) {
        this.owner = owner;
        this.loop = loop;
    }

    /** Where the next read goes. */
    ByteBuf nextReadBuffer(boolean scarce) {
        return receiving != null ? receiving.retain() : loop.readBuffer(lastWasLarge || scarce);
    }

    /** Takes what was read into the buffer of {@link #nextReadBuffer}; takes over its reference. */
    @SuppressWarnings("ReferenceEquality") // is it the very buffer that was given out?
    void onRead(ByteBuf bytes) {
        try {
            if (bytes == receiving) {
                completeIfFull();
            } else {
                take(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void take(ByteBuf bytes) {
        if (parked == null) {
            consume(bytes);
        }
        if (bytes.isReadable()) {
            park(bytes);
        }
    }

    private void park(ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (parked == null) {
            parked = loop.allocator.directBuffer(count);
        }
        parked.writeBytes(bytes);
        owner.parked(count);
    }

    /** Goes on with what is parked. */
    void resume() {
        startedNanos = System.nanoTime();
        ByteBuf bytes = parked;
        if (bytes == null) {
            return;
        }
        parked = null;
        owner.parked(-bytes.readableBytes());
        try {
            consume(bytes);
            if (bytes.isReadable()) {
                park(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void consume(ByteBuf bytes) {
        while (bytes.isReadable() && !owner.isBlocked()) {
            if (receiving != null) {
                receiving.writeBytes(bytes, Math.min(bytes.readableBytes(), receiving.writableBytes()));
                completeIfFull();
            } else if (!readHead(bytes)) {
                return;
            } else if (owner.admit(pendingLength, pendingKey)) {
                admitted(bytes);
            }
        }
    }

    /** Answers true when length and API key are known. */
    private boolean readHead(ByteBuf bytes) {
        if (pendingLength != NONE) {
            return true;
        }
        if (headBytes == 0) {
            startedNanos = System.nanoTime();
        }
        int count = Math.min(HEAD_BYTES - headBytes, bytes.readableBytes());
        bytes.readBytes(head, headBytes, count);
        headBytes += count;
        if (headBytes < HEAD_BYTES) {
            return false;
        }
        headBytes = 0;
        int length = (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | (head[3] & 0xff);
        if (length < LENGTH_MIN) {
            throw new MalformedRequestException("a request of " + length + " bytes");
        }
        pendingLength = length;
        pendingKey = (short) ((head[4] & 0xff) << 8 | (head[5] & 0xff));
        return true;
    }

    /** The bytes of the request whose head was read are reserved (after a wait). */
    void admitted() {
        startReceiving(Math.min(pendingLength, AFTER_WAIT_BYTES));
    }

    private void admitted(ByteBuf bytes) {
        int rest = pendingLength - Short.BYTES;
        if (bytes.readableBytes() >= rest && !owner.keepsBuffer(pendingKey) && bytes.readerIndex() >= HEAD_BYTES) {
            lendWhole(bytes, rest);
        } else {
            startReceiving(pendingLength);
        }
    }

    /** The whole request lies in the buffer: it is lent to the owner within these limits. */
    private void lendWhole(ByteBuf bytes, int rest) {
        int length = pendingLength;
        int endOfAll = bytes.writerIndex();
        int endOfFrame = bytes.readerIndex() + rest;
        pendingLength = NONE;
        lastWasLarge = length >= LARGE_BYTES;
        // The two bytes of the API key may have come with an earlier read; they are put back in front.
        int start = bytes.readerIndex() - Short.BYTES;
        bytes.setShort(start, pendingKey);
        bytes.setIndex(start, endOfFrame);
        try {
            owner.onFrame(bytes, length, false);
        } finally {
            bytes.setIndex(endOfFrame, endOfAll);
        }
    }

    private void startReceiving(int capacity) {
        receiving = loop.allocator.directBuffer(capacity, pendingLength);
        receiving.writeShort(pendingKey);
        lastWasLarge = pendingLength >= LARGE_BYTES;
        pendingLength = NONE;
        startedNanos = System.nanoTime();
    }

    private void completeIfFull() {
        if (receiving.isWritable()) {
            return;
        }
        if (receiving.capacity() < receiving.maxCapacity()) {
            receiving.capacity((int) Math.min(receiving.maxCapacity(), (long) receiving.capacity() * GROWTH));
            return;
        }
        ByteBuf frame = receiving;
        receiving = null;
        owner.onFrame(frame, frame.readableBytes(), true);
    }

    /** Nanoseconds since the request that is being received began (or could go on); 0 between requests. */
    long receivingForNanos(long nowNanos) {
        return headBytes > 0 || receiving != null ? nowNanos - startedNanos : 0;
    }

    /** The connection has closed. */
    void close() {
        if (receiving != null) {
            receiving.release();
            receiving = null;
        }
        if (parked != null) {
            owner.parked(-parked.readableBytes());
            parked.release();
            parked = null;
        }
    }
}
