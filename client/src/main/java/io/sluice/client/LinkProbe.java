/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/**
 * When to ask whether a connection still lives. The JDK's WebSocket does not tell of the end of a connection that comes while it delivers a message
 * (it counts the end as a message that was not requested, and drops it with an {@code InternalError}): just the case of a node that is killed while it
 * sends. A ping finds out, since sending on such a connection fails. So, once after each run of messages, when nothing more came:
 *
 * <pre>
 *            a message            quiet for a tick             pong
 *    RESTING ---------> WATCHING -----------------> ASKING ---------> RESTING
 *                        ^    | messages              | no pong: once more, after longer
 *                        +----+                       +-> ASKING
 * </pre>
 *
 * Thread-safe; no clock.
 */
final class LinkProbe {
    private static final long TICK_MS = 250;
    private static final int MAX_TICKS = 8;

    private boolean resting = true;
    private boolean heard;
    private boolean ponged;
    private int asked;

    /**
     * Something came, but no pong.
     *
     * @return whether {@link #tick} is to be called, {@link #waitMs} from now
     */
    synchronized boolean onMessage() {
        heard = true;
        boolean wakes = resting;
        resting = false;
        return wakes;
    }

    synchronized void onPong() {
        ponged = true;
    }

    /**
     * Time has passed.
     *
     * @param reading whether the socket is read: if not, nothing can be heard
     * @return whether a ping is to be sent
     */
    synchronized boolean tick(boolean reading) {
        if (heard || !reading) {
            heard = false;
            ponged = false;
            asked = 0;
            return false;
        }
        if (asked > 0 && ponged) {
            resting = true;
            asked = 0;
            return false;
        }
        asked++;
        return true;
    }

    /** Until the next {@link #tick}; 0 for none before the next message. */
    synchronized long waitMs() {
        return resting ? 0 : TICK_MS * Math.max(1, Math.min(asked, MAX_TICKS));
    }
}
