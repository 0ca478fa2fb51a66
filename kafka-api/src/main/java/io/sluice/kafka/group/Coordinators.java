/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupResponse;
import io.sluice.cluster.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks the coordinators of this node. */
final class Coordinators {
    private final Node node;

    Coordinators(Node node) {
        this.node = node;
    }

    /** The stage never fails. */
    <R extends GroupResponse> CompletionStage<R> ask(GroupRequest<R> request) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        node.groups().submit(request, answer::complete);
        return answer;
    }

    /**
     * Asks what may wait for other members. Whoever cancels the stage waits no longer, and the coordinator knows it.
     *
     * @param response what becomes of the answer
     */
    <R extends GroupResponse, T> CompletionStage<T> await(GroupRequest<R> request, Function<R, T> response) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        Consumer<R> reply = answer::complete;
        node.groups().submit(request, reply);
        CompletableFuture<T> result = answer.thenApply(response);
        CompletableFuture<T> unused = result.whenComplete((given, failure) -> {
            if (result.isCancelled()) {
                node.groups().abandon(request, reply);
            }
        });
        return result;
    }

    /** Several groups at once; the answers are in the order of the requests. */
    <R extends GroupResponse> CompletionStage<List<R>> askAll(List<? extends GroupRequest<R>> requests) {
        List<CompletableFuture<R>> answers = new ArrayList<>(requests.size());
        for (GroupRequest<R> request : requests) {
            answers.add(ask(request).toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    GroupCoordinators node() {
        return node.groups();
    }
}
