/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

/** The states of a group; {@code docs/groups.md} draws the transitions. */
public enum GroupState {
    /** No members; there may be offsets. */
    EMPTY("Empty"),
    /** Members are told to join again; the coordinator waits for them. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** All have joined; the coordinator waits for the leader's assignment. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member has its assignment. */
    STABLE("Stable"),
    /** Deleted. */
    DEAD("Dead");

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    /** The name that clients and tools see. */
    public String label() {
        return label;
    }
}
