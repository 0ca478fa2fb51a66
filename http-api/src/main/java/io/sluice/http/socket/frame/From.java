/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.actors.subscription.StartPosition;

/** Where a subscription begins, as its client says it. */
public sealed interface From {
    /** A place in the log. */
    record At(StartPosition position) implements From {}

    /** The offsets that a consumer group has committed. */
    record Group(String group) implements From {}
}
