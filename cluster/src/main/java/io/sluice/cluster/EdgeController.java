/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.cluster.controller.ControllerAccess;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The controller as the protocols see it: asks it, then waits until what it decided holds on this node. */
final class EdgeController implements Controller {
    private static final int ADMIN_TIMEOUT_MS = 30_000;

    private final ControllerAccess access;
    private final MetadataPublisher images;
    private final Leaderships leaderships;

    EdgeController(ControllerAccess access, MetadataPublisher images, Leaderships leaderships) {
        this.access = access;
        this.images = images;
        this.leaderships = leaderships;
    }

    @Override
    public CompletionStage<List<TopicResult>> createTopics(List<NewTopic> topics, boolean validateOnly, int timeoutMs) {
        ControllerRequest.CreateTopics request = new ControllerRequest.CreateTopics(topics, validateOnly);
        CompletionStage<List<TopicResult>> decided = ask(request, timeoutMs);
        return validateOnly ? decided : decided.thenCompose(results -> served(results, timeoutMs));
    }

    @Override
    public CompletionStage<TopicResult> internalTopic(InternalTopic topic, int timeoutMs) {
        return ask(new ControllerRequest.CreateInternalTopic(topic), timeoutMs)
                .thenCompose(result -> served(List.of(result), timeoutMs))
                .thenApply(results -> results.get(0));
    }

    @Override
    public CompletionStage<List<TopicResult>> deleteTopics(List<UUID> topics, int timeoutMs) {
        return ask(new ControllerRequest.DeleteTopics(topics), timeoutMs);
    }

    @Override
    public CompletionStage<List<TopicResult>> createPartitions(
            List<NewPartitions> topics, boolean validateOnly, int timeoutMs) {
        CompletionStage<List<TopicResult>> decided =
                ask(new ControllerRequest.CreatePartitions(topics, validateOnly), timeoutMs);
        return validateOnly ? decided : decided.thenCompose(results -> served(results, timeoutMs));
    }

    @Override
    public CompletionStage<List<ConfigResult>> alterConfigs(List<ConfigChange> changes, boolean validateOnly) {
        return ask(new ControllerRequest.AlterConfigs(changes, validateOnly), ADMIN_TIMEOUT_MS);
    }

    @Override
    public CompletionStage<List<PartitionResult>> alterReassignments(
            List<ReassignmentChange> changes, boolean factorMayChange, int timeoutMs) {
        return ask(new ControllerRequest.AlterReassignments(changes, factorMayChange), timeoutMs);
    }

    @Override
    public CompletionStage<Outcome> unregisterBroker(int brokerId, int timeoutMs) {
        return ask(new ControllerRequest.UnregisterBroker(brokerId), timeoutMs);
    }

    @Override
    public CompletionStage<Outcome> raiseLevel(short level, boolean validateOnly, int timeoutMs) {
        return ask(new ControllerRequest.RaiseLevel(level, validateOnly), timeoutMs);
    }

    @Override
    public CompletionStage<Long> allocateProducerIds(int count) {
        return ask(new ControllerRequest.AllocateProducerIds(count), ADMIN_TIMEOUT_MS);
    }

    /** Completes when the answer holds in this node's image, or with a refusal when the time is over. */
    <R> CompletionStage<R> ask(ControllerRequest<R> request, int timeoutMs) {
        CompletableFuture<R> answer = access.ask(request, timeoutMs)
                .thenCompose(given -> images.atLeast(given.offset()).thenApply(image -> given.value()))
                .toCompletableFuture();
        return answer.completeOnTimeout(
                request.refused(ErrorCode.REQUEST_TIMED_OUT, "the controller has not answered in time"),
                Math.max(1, timeoutMs),
                TimeUnit.MILLISECONDS);
    }

    /** Waits, at most so long, until every partition of the topics that were made serves; they are made in any case. */
    private CompletionStage<List<TopicResult>> served(List<TopicResult> results, int timeoutMs) {
        CompletableFuture<?>[] serving = results.stream()
                .filter(result -> result.error() == ErrorCode.NONE)
                .map(result ->
                        leaderships.settled(result.id(), result.partitions()).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Void> all = CompletableFuture.allOf(serving);
        if (all.isDone()) {
            return CompletableFuture.completedFuture(results);
        }
        return all.completeOnTimeout(null, Math.max(1, timeoutMs), TimeUnit.MILLISECONDS)
                .thenApply(nothing -> results);
    }
}
