/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

/** What can be wrong with a history. */
public enum AnomalyKind {
    LOST_WRITE("an acknowledged record is not there"),
    LOST_READ("a record that was read is not there any more"),
    WRONG_OFFSET("a record is not at the offset that its acknowledgement named"),
    INCONSISTENT_OFFSET("one offset has held two values"),
    DUPLICATE("one record stands at two offsets"),
    REFUSED_BUT_THERE("a record that was refused is there"),
    NEVER_SENT("a record is there that nobody sent"),
    REORDERED("a producer's records are not in the order in which it sent them"),
    OVERTAKEN("a record stands before one that had been acknowledged when it was sent"),
    POLL_SKIPS("a consumer was not given a record between two that it was given"),
    POLL_GOES_BACK("a consumer was given an offset again"),
    GROUP_NEVER_SAW("no member of a group was given a record, though later ones were given"),
    COMMIT_FORGOTTEN("a group's committed offset went back"),
    COMMIT_INVENTED("a group's committed offset is one that nobody committed");

    private final String meaning;

    AnomalyKind(String meaning) {
        this.meaning = meaning;
    }

    /** In words. */
    public String meaning() {
        return meaning;
    }
}
