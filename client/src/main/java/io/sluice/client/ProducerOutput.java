/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;

/** What {@link ProducerCore} wants done. Nothing of it may call the core. */
interface ProducerOutput {
    /** A connection to this node; one that was there before is not heard any more. */
    void connect(URI node);

    /** To the connection that was asked for last. */
    void send(ClientFrame frame);

    /** Ends the connection, or the attempt to make one. */
    void disconnect();

    /** Calls {@link ProducerCore#onRetryDue} after a while. */
    void retryAfter(long ms);

    /** Asks for more records. */
    void request(long n);

    void acknowledged(Acknowledgement acknowledgement);

    /** Everything was appended. Nothing follows. */
    void complete(long records);

    /** Nothing follows. */
    void fail(Throwable error);
}
