/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is shown one batch after another. */
@FunctionalInterface
public interface HeaderVisitor {
    /**
     * @param buffer holds the batch's header (and what of its records happens to be there) until the call returns
     * @param at where the header begins
     * @param position of the batch in its segment
     */
    void batch(ByteBuffer buffer, int at, int position) throws IOException;
}
