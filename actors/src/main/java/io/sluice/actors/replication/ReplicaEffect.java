/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** What {@link ReplicaCore} wants done, in order. */
public sealed interface ReplicaEffect {
    /** Put the state on disk, then call {@link ReplicaCore#persisted}. Nothing after it in the list may happen before that. */
    record Persist(ReplicaState state) implements ReplicaEffect {}

    record Send(int to, ReplicaMessage message) implements ReplicaEffect {}

    /** This replica leads {@code epoch}, which begins at its log end. */
    record Lead(int epoch) implements ReplicaEffect {}

    /** A majority has promised, but the log of replica {@code from} is ahead: take it over first. */
    record CatchUp(int epoch, int from, long logEnd) implements ReplicaEffect {}

    /** A higher epoch is about: stop leading, or stop trying to. */
    record StepDown(int promised) implements ReplicaEffect {}
}
