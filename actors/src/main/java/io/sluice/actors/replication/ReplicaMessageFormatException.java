/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** Bytes that are no {@link ReplicaMessage}, or none of a version that this node knows. The message names what was wrong. */
public final class ReplicaMessageFormatException extends RuntimeException {
    public ReplicaMessageFormatException(String message) {
        super(message);
    }
}
