/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;

/** Where a response goes. Used on the connection's event loop only. */
public interface ResponseOutput {
    /** A direct buffer with room for exactly {@code bytes}. */
    ByteBuf allocate(int bytes);

    /** Takes the buffer over. */
    void write(ByteBuf bytes);

    /** Takes the region over; it leaves by {@code sendfile}. */
    void write(FileRegion region);
}
