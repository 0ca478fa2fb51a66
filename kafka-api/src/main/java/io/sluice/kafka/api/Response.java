/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

/** A response that is written when its turn has come. Exactly one of the methods is called, on the connection's event loop. */
public interface Response {
    /** Writes the whole response, from the 4 bytes of its length on. */
    void writeTo(ResponseOutput output);

    /** The connection is gone: lets go of what this response holds. */
    default void discard() {}
}
