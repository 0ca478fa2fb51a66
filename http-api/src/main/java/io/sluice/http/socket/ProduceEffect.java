/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.http.socket.frame.ProduceFrame;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;

/** What {@link ProduceSession} wants done, in this order. */
sealed interface ProduceEffect {
    /** Hand the records to their partitions; answer with {@code onOutcome}. */
    record Append(long number, ProduceFrame frame) implements ProduceEffect {}

    record Send(ServerFrame frame) implements ProduceEffect {}

    /** Close the socket, after what was sent. Nothing comes after it. */
    record Close(CloseCode code, String reason) implements ProduceEffect {}
}
