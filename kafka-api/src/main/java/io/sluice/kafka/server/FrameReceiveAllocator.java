/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Lets a connection choose the buffer that its socket is read into: the exact buffer of the request that is being received, or its
 * event loop's shared one. So the bytes of a large request are written once, by the kernel.
 */
final class FrameReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    /** Who says where to read into. */
    interface Target {
        /** A buffer with room, retained for the read. */
        ByteBuf nextReadBuffer();
    }

    private final Target target;

    FrameReceiveAllocator(Target target) {
        super(8);
        this.target = target;
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
                return LoopContext.SCRATCH_BYTES;
            }
        };
    }
}
