/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;

/** What {@link SubscriptionCore} wants done. Nothing of it may call the core. */
interface SubscriptionOutput {
    /** A connection to this node; one that was there before is not heard any more. */
    void connect(URI node);

    /** To the connection that was asked for last. */
    void send(ClientFrame frame);

    /** Ends the connection, or the attempt to make one. */
    void disconnect();

    /** Calls {@link SubscriptionCore#onRetryDue} after a while. */
    void retryAfter(long ms);

    /**
     * The next record; demand for it is there.
     *
     * @return false if nobody took it: the subscriber has cancelled, which {@link SubscriptionCore#onCancel} will tell
     */
    boolean next(Record record);

    /** No more records. Nothing follows. */
    void complete();

    /** Nothing follows. */
    void fail(Throwable error);

    /** For what is not a record. */
    SubscriptionListener listener();
}
