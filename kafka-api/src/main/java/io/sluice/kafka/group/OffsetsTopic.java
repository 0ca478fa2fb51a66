/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code __consumer_offsets}: made when somebody first asks for a coordinator. Who asks waits until its partitions serve, so that the first
 * consumer of a new broker need not try again.
 */
final class OffsetsTopic {
    private static final Logger log = LoggerFactory.getLogger(OffsetsTopic.class);
    private static final int CREATE_TIMEOUT_MS = 10_000;

    private final Node node;
    /** Set while the topic is being made, so that it is asked for once. */
    private final AtomicReference<CompletableFuture<Optional<TopicInfo>>> making = new AtomicReference<>();

    OffsetsTopic(Node node) {
        this.node = node;
    }

    /** The topic; empty if it could not be made. */
    CompletionStage<Optional<TopicInfo>> get() {
        Optional<TopicInfo> topic = node.metadata().topic(GroupCoordinators.TOPIC);
        return topic.isPresent() ? CompletableFuture.completedFuture(topic) : make();
    }

    private CompletionStage<Optional<TopicInfo>> make() {
        CompletableFuture<Optional<TopicInfo>> made = new CompletableFuture<>();
        CompletableFuture<Optional<TopicInfo>> underWay = making.compareAndExchange(null, made);
        if (underWay != null) {
            return underWay;
        }
        node.controller()
                .internalTopic(InternalTopic.CONSUMER_OFFSETS, CREATE_TIMEOUT_MS)
                .whenComplete((result, failure) -> {
                    making.set(null);
                    if (failure != null) {
                        log.error("{} could not be made", GroupCoordinators.TOPIC, failure);
                    } else {
                        report(result);
                    }
                    made.complete(node.metadata().topic(GroupCoordinators.TOPIC));
                });
        return made;
    }

    private static void report(TopicResult result) {
        if (result.error() != ErrorCode.NONE && result.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
            log.warn("{} could not be made: {} {}", result.name(), result.error(), result.message());
        }
    }
}
