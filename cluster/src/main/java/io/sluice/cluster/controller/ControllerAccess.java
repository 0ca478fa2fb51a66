/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import java.util.concurrent.CompletionStage;

/** The way to the controller, wherever it is. Any thread. */
@FunctionalInterface
public interface ControllerAccess {
    /**
     * Asks the controller; waits for one, and asks again when it moves, for at most {@code timeoutMs}. Never fails: what goes wrong is in
     * the answer.
     */
    <R> CompletionStage<ControllerDirectory.Answer<R>> ask(ControllerRequest<R> request, int timeoutMs);
}
