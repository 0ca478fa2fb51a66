/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** What {@link SubscriptionCore} wants done. Nothing of it may call the core. */
interface SubscriptionOutput extends ConnectionOutput {
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
