/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.log.LogView;

/** How far a reader may look. */
public enum Isolation {
    /** Up to the last stable offset: nothing of a transaction that is open. */
    READ_COMMITTED(LogView.Bound.LAST_STABLE_OFFSET),

    /** Up to the high watermark. */
    READ_UNCOMMITTED(LogView.Bound.HIGH_WATERMARK);

    private final LogView.Bound bound;

    Isolation(LogView.Bound bound) {
        this.bound = bound;
    }

    /** The same in the words of the log. */
    public LogView.Bound bound() {
        return bound;
    }
}
