/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import java.time.Duration;

/** A time without an acknowledgement, and of which partition. */
public record Gap(Duration length, String partition) {
    @Override
    public String toString() {
        return length.toMillis() + " ms (" + partition + ")";
    }
}
