/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.wire;

/** The bytes of a request are not what its header says. The message names what was wrong; the connection is closed. */
public final class MalformedRequestException extends RuntimeException {
    public MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
