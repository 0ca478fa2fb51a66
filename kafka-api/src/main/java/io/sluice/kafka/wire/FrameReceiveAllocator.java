/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Lets a connection choose the buffer that its socket is read into: the exact buffer of the frame that is being received, or a
 * shared one. So the bytes of a large frame are written once, by the kernel.
 */
public final class FrameReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    /** Reads of one connection before others have their turn. */
    private static final int READS_MAX = 8;

    /** Who says where to read into. */
    public interface Target {
        /** A buffer with room, retained for the read. */
        ByteBuf nextReadBuffer();
    }

    private final Target target;
    private final int guess;

    /** @param guess bytes that a read brings, about */
    public FrameReceiveAllocator(Target target, int guess) {
        super(READS_MAX);
        this.target = target;
        this.guess = guess;
    }

    @Override
    @SuppressWarnings("deprecation")
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return target.nextReadBuffer();
            }

            @Override
            public int guess() {
                return guess;
            }
        };
    }
}
