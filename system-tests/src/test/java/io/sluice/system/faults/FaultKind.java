/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

/** What can happen to a cluster. */
enum FaultKind {
    KILL("kill -9 of {0}"),
    KILL_TWICE("kill -9 of {0}, and again while it starts"),
    KILL_TWO("kill -9 of {0} and {1}"),
    KILL_ALL("kill -9 of all nodes"),
    STOP("SIGTERM to {0}"),
    PAUSE("{0} stands still"),
    PAUSE_AND_KILL("{0} stands still, kill -9 of {1}"),
    PULSES("{0} runs in pulses"),
    SLOW_DISK("the disk of {0} is slow"),
    ISOLATE("{0} is cut off from the other nodes"),
    ISOLATE_FROM_ALL("{0} is cut off from everything"),
    ISOLATE_AND_KILL("{0} is cut off from the other nodes, kill -9 of {1}"),
    CUT_LINK("the link between {0} and {1} is cut"),
    MUTE("the other nodes don't hear {0}"),
    DEAF("{0} does not hear the other nodes"),
    WIPE("kill -9 of {0}, and its disk is empty"),
    LOSE_TAIL("power loss at {0}");

    private final String text;

    FaultKind(String text) {
        this.text = text;
    }

    /** In words. */
    String describe(Object victim, Object other) {
        return text.replace("{0}", victim.toString()).replace("{1}", other.toString());
    }

    boolean cutsLinks() {
        return switch (this) {
            case ISOLATE, ISOLATE_FROM_ALL, ISOLATE_AND_KILL, CUT_LINK, MUTE, DEAF -> true;
            default -> false;
        };
    }

    /** Whether replicas lose data, so that nothing of the kind may happen to another node until they are whole again. */
    boolean damages() {
        return this == WIPE || this == LOSE_TAIL;
    }
}
