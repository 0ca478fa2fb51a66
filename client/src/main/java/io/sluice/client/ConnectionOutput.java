/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;

/** What a core wants of its connection. Nothing of it may call the core. */
interface ConnectionOutput {
    /** A connection to this node; one that was there before is not heard any more. */
    void connect(URI node);

    /** To the connection that was asked for last. */
    void send(ClientFrame frame);

    /** Ends the connection, or the attempt to make one. */
    void disconnect();

    /** Calls {@link ConnectionEvents#onRetryDue} after a while. */
    void retryAfter(long ms);
}
