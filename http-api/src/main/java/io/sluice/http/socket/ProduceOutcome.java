/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.http.socket.frame.ServerFrame;
import java.util.List;

/**
 * What became of a {@code produce} frame.
 *
 * @param code why not all of it is written; null if it is
 * @param message the same for people
 * @param records one by one; empty if nothing was tried, or nothing is known
 */
record ProduceOutcome(String code, String message, List<ServerFrame.Placed> records) {
    static ProduceOutcome written(List<ServerFrame.Placed> records) {
        return new ProduceOutcome(null, null, records);
    }

    static ProduceOutcome refused(String code, String message) {
        return new ProduceOutcome(code, message, List.of());
    }
}
