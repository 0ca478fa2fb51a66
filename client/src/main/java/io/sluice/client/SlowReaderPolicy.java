/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** What happens to a subscriber that does not request what a topic brings. */
public enum SlowReaderPolicy {
    /** It gets everything, later. */
    PAUSE,
    /** It gets the newest; a {@link Gap} names what was left out. */
    DROP,
    /** It ends with the error {@code SLOW_READER}. */
    CLOSE
}
