/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.channel.DefaultFileRegion;
import io.sluice.log.LogSlice;

/** A slice of a log on its way to a socket by {@code sendfile}. Lets go of the slice when it is sent, and leaves the file open. */
final class SliceRegion extends DefaultFileRegion {
    private final LogSlice slice;

    SliceRegion(LogSlice slice) {
        super(slice.channel(), slice.position(), slice.length());
        this.slice = slice;
    }

    @Override
    protected void deallocate() {
        slice.release();
    }
}
