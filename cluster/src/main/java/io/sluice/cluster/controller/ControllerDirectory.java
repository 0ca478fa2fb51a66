/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import akka.actor.typed.ActorRef;
import io.sluice.log.ErrorCode;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where the controller is. Requests that come before there is one (a node that starts) wait for it, up to a limit. Any thread. */
public final class ControllerDirectory {
    /** An answer, and the offset of the metadata that it is true from. */
    public record Answer<R>(R value, long offset) {}

    private static final int WAITING_MAX = 1_000;

    private final Queue<ControllerCommand.Submit<?>> waiting = new ArrayDeque<>();
    private ActorRef<ControllerCommand> controller;
    private boolean closed;

    /** Asks the controller. Never fails: what goes wrong is in the answer. */
    public <R> CompletionStage<Answer<R>> ask(ControllerRequest<R> request) {
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
        return controller != null;
    }

    synchronized void set(ActorRef<ControllerCommand> newController) {
        controller = newController;
        waiting.forEach(newController::tell);
        waiting.clear();
    }

    synchronized void clear(ActorRef<ControllerCommand> old) {
        if (old.equals(controller)) {
            controller = null;
        }
    }

    /** The node stops: who waits is refused. */
    public void close() {
        Queue<ControllerCommand.Submit<?>> refused;
        synchronized (this) {
            closed = true;
            refused = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        refused.forEach(ControllerDirectory::refuse);
    }

    private synchronized boolean send(ControllerCommand.Submit<?> submit) {
        if (controller != null) {
            controller.tell(submit);
            return true;
        } else if (!closed && waiting.size() < WAITING_MAX) {
            waiting.add(submit);
            return true;
        }
        return false;
    }

    private static <R> void refuse(ControllerCommand.Submit<R> submit) {
        submit.reply().accept(submit.request().refused(ErrorCode.NOT_CONTROLLER, "the node stops"), -1L);
    }
}
