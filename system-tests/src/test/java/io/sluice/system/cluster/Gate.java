/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

/** What passes in one direction of a link waits here while it is cut. */
final class Gate {
    private boolean shut;

    synchronized void shut() {
        shut = true;
    }

    synchronized void open() {
        shut = false;
        notifyAll();
    }

    synchronized boolean isShut() {
        return shut;
    }

    /** Waits until it is open. */
    synchronized void pass() throws InterruptedException {
        while (shut) {
            wait();
        }
    }
}
