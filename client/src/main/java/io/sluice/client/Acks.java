/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** When records count as appended. */
public enum Acks {
    /** When the replicas have them that the topic demands. Each is written once. */
    ALL("all"),
    /** When the leader has them: they may be lost with it, and a lost connection may double them. */
    LEADER("1");

    private final String onWire;

    Acks(String onWire) {
        this.onWire = onWire;
    }

    String onWire() {
        return onWire;
    }
}
