/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** What {@link ProducerCore} wants done. Nothing of it may call the core. */
interface ProducerOutput extends ConnectionOutput {
    /** Asks for more records. */
    void request(long n);

    void acknowledged(Acknowledgement acknowledgement);

    /** Everything was appended. Nothing follows. */
    void complete(long records);

    /** Nothing follows. */
    void fail(Throwable error);
}
