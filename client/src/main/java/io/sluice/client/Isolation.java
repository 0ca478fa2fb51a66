/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** What a subscriber sees of transactions. */
public enum Isolation {
    /** Nothing of one that is open or was aborted. */
    READ_COMMITTED,
    /** Everything. */
    READ_UNCOMMITTED
}
