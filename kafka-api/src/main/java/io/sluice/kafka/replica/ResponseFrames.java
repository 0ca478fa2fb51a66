/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.kafka.wire.FrameReceiveAllocator;

/**
 * Cuts what comes from another broker into responses. Each gets a pooled direct buffer of exactly its size: a large one is read from the
 * socket straight into it, but for what came with its length.
 *
 * <p>Used on the connection's event loop.
 */
final class ResponseFrames extends ChannelInboundHandlerAdapter implements FrameReceiveAllocator.Target {
    static final int SCRATCH_BYTES = 64 << 10;

    /** What is read behind a large response: the next one's length and little more. */
    private static final int PEEK_BYTES = 512;

    private static final int LARGE_BYTES = 16 << 10;

    /** Whose connection it is. */
    interface Owner {
        /** A whole response, without its length; the receiver's to release. */
        void onResponse(ByteBuf frame);

        /** Bytes have come that are no response. */
        void onMalformed(String reason);

        /** Something was read. */
        void onActivity();

        /** The connection has ended. */
        void onClosed(Throwable cause);
    }

    private final Owner owner;
    private final Channel channel;
    private final int frameMaxBytes;
    private final ByteBuf scratch;
    private final ByteBuf peek;
    private int lengthBytes;
    private int length;
    private ByteBuf receiving;
    private boolean lastWasLarge;
    private boolean closed;
    private Throwable cause;

    ResponseFrames(Owner owner, Channel channel, int frameMaxBytes) {
        this.owner = owner;
        this.channel = channel;
        this.frameMaxBytes = frameMaxBytes;
        this.scratch = channel.alloc().directBuffer(SCRATCH_BYTES, SCRATCH_BYTES);
        this.peek = channel.alloc().directBuffer(PEEK_BYTES, PEEK_BYTES);
    }

    @Override
    public ByteBuf nextReadBuffer() {
        if (receiving != null) {
            return receiving.retain();
        }
        return (lastWasLarge ? peek : scratch).clear().retain();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // is it the very buffer that was given out?
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            owner.onActivity();
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
        while (bytes.isReadable() && !closed) {
            if (receiving == null && !readLength(bytes)) {
                return;
            }
            receiving.writeBytes(bytes, Math.min(bytes.readableBytes(), receiving.writableBytes()));
            completeIfFull();
        }
    }

    /** Answers true when the next response has its buffer. */
    private boolean readLength(ByteBuf bytes) {
        while (lengthBytes < Integer.BYTES && bytes.isReadable()) {
            length = length << 8 | bytes.readUnsignedByte();
            lengthBytes++;
        }
        if (lengthBytes < Integer.BYTES) {
            return false;
        }
        if (length <= 0 || length > frameMaxBytes) {
            closed = true;
            owner.onMalformed("a response of " + length + " bytes, at most " + frameMaxBytes + " are expected");
            return false;
        }
        receiving = channel.alloc().directBuffer(length, length);
        lastWasLarge = length >= LARGE_BYTES;
        lengthBytes = 0;
        length = 0;
        return true;
    }

    private void completeIfFull() {
        if (!receiving.isWritable()) {
            ByteBuf frame = receiving;
            receiving = null;
            if (closed) {
                frame.release();
            } else {
                owner.onResponse(frame);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        cause = failure;
        ChannelFuture unused = ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        owner.onClosed(cause);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        scratch.release();
        peek.release();
        if (receiving != null) {
            receiving.release();
            receiving = null;
        }
    }
}
