/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.http.route.ErrorProblems;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.ErrorCode;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the coordinators of groups. */
final class GroupCoordination {
    private static final int TIMEOUT_MS = 10_000;

    private final Node node;

    GroupCoordination(Node node) {
        this.node = node;
    }

    /** The topic that keeps groups; it is made if there is none. */
    CompletionStage<Void> made() {
        return node.metadata().topic(GroupCoordinators.TOPIC).isPresent()
                ? CompletableFuture.completedFuture(null)
                : node.controller()
                        .internalTopic(InternalTopic.CONSUMER_OFFSETS, TIMEOUT_MS)
                        .thenAccept(result -> {});
    }

    static RuntimeException unknown(String group) {
        return Problem.of(ProblemKind.UNKNOWN_GROUP, "There is no group " + Problem.quoted(group) + ".")
                .asException();
    }

    /** Asks the coordinator, wherever it is; an error becomes a problem. */
    <R extends GroupResponse> CompletionStage<R> ask(GroupRequest<R> request) {
        if (node.metadata().topic(GroupCoordinators.TOPIC).isEmpty()) {
            throw unknown(request.groupId());
        }
        return node.groupAccess().ask(request, TIMEOUT_MS).thenApply(response -> {
            check(request.groupId(), response.error());
            return response;
        });
    }

    static void check(String group, ErrorCode error) {
        if (error == ErrorCode.GROUP_ID_NOT_FOUND) {
            throw unknown(group);
        } else if (error != ErrorCode.NONE) {
            throw ErrorProblems.of(error, sentence(group, error)).asException();
        }
    }

    private static String sentence(String group, ErrorCode error) {
        return switch (error) {
            case NON_EMPTY_GROUP, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS ->
                "The group " + Problem.quoted(group) + " has members: stop them first.";
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS ->
                "The group " + Problem.quoted(group) + " has no coordinator now: try again.";
            default -> "The group's coordinator says " + error + ".";
        };
    }

    /** The groups of this node. */
    CompletionStage<Listed> list() {
        CompletableFuture<Listed> listed = new CompletableFuture<>();
        node.groups().list(Set.of(), Set.of(), listed::complete);
        return listed;
    }
}
