/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import akka.actor.typed.ActorRef;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Whether the controller is on this node, and the way to it if it is. Any thread. */
public final class ControllerDirectory {
    /**
     * An answer.
     *
     * @param offset of the metadata that it is true from; -1 if no controller has decided it
     */
    public record Answer<R>(R value, long offset) {}

    private ActorRef<ControllerCommand> controller;
    private boolean closed;

    /** Asks the controller if it is here. Never fails: what goes wrong is in the answer. */
    public <R> CompletionStage<Answer<R>> askHere(ControllerRequest<R> request) {
        CompletableFuture<Answer<R>> answer = new CompletableFuture<>();
        ControllerCommand.Submit<R> submit = new ControllerCommand.Submit<>(
                request, (value, offset) -> answer.complete(new Answer<>(value, offset)));
        if (!send(submit)) {
            answer.complete(new Answer<>(
                    request.refused(ErrorCode.NOT_CONTROLLER, "there is no controller at the moment: try again"), -1));
        }
        return answer;
    }

    public synchronized boolean isHere() {
        return controller != null && !closed;
    }

    /** The controller on this node, or null. */
    synchronized ActorRef<ControllerCommand> current() {
        return closed ? null : controller;
    }

    synchronized void set(ActorRef<ControllerCommand> newController) {
        controller = newController;
    }

    synchronized void clear(ActorRef<ControllerCommand> old) {
        if (old.equals(controller)) {
            controller = null;
        }
    }

    /** The node stops: nobody is asked any more. */
    public synchronized void close() {
        closed = true;
    }

    private synchronized boolean send(ControllerCommand.Submit<?> submit) {
        if (controller == null || closed) {
            return false;
        }
        controller.tell(submit);
        return true;
    }
}
