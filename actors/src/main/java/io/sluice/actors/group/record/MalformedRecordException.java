/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

/** Bytes that are no record of {@code __consumer_offsets}. */
public final class MalformedRecordException extends RuntimeException {
    public MalformedRecordException(String message) {
        super(message);
    }
}
