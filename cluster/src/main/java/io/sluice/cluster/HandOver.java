/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.sharding.EntityIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that is about to stop has other brokers lead what it leads. It stays until they do, not just until it leads no longer: whoever wins may first have to
 * fetch the last records from here, and clients that come here are told where to go.
 */
final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);
    private static final long TIMEOUT_MS = 5_000;

    /** A follower that has not taken over by then is asked again, or another one is. */
    private static final int CHECKS_A_ROUND = 10;

    private final NodeParts parts;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Set<TopicPartition> pending = new HashSet<>();
    private int checks;

    HandOver(NodeParts parts) {
        this.parts = parts;
    }

    /** Completes when others lead what was led here, where others could, or after some time. */
    CompletionStage<Void> run() {
        led().forEach(led -> pending.add(led.partition()));
        if (!pending.isEmpty()) {
            LOG.info("handing over {} partitions", pending.size());
        }
        check();
        return done.orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS).exceptionally(slow -> {
            LOG.warn("not every partition could be handed over in time: {} are led here still", led().size());
            return null;
        });
    }

    private void check() {
        List<Led> left = led();
        pending.removeIf(this::isLedElsewhere);
        if (left.isEmpty() && pending.isEmpty()) {
            done.complete(null);
        } else if (!done.isDone()) {
            if (checks++ % CHECKS_A_ROUND == 0) {
                left.forEach(each -> each.actor().tell(new PartitionCommand.HandOver(each.others())));
            }
            parts.system.scheduler().scheduleOnce(CHECK_INTERVAL, this::check, parts.system.executionContext());
        }
    }

    /** Also what nobody else can lead any more: it is deleted, or the others are gone. */
    private boolean isLedElsewhere(TopicPartition partition) {
        int leader = parts.leaderships
                .leader(partition.topicId(), partition.partition())
                .broker();
        return (leader >= 0 && leader != parts.options.settings().nodeId())
                || others(partition).isEmpty();
    }

    private record Led(TopicPartition partition, ActorRef<PartitionCommand> actor, List<Integer> others) {}

    /** What this node leads and another live one could. */
    private List<Led> led() {
        List<Led> all = new ArrayList<>();
        parts.partitions.forEachReplica((handle, actor) -> {
            TopicPartition partition = handle.partition();
            if (parts.partitions.leader(partition.topicId(), partition.partition()) == handle) {
                List<Integer> others = others(partition);
                if (!others.isEmpty()) {
                    all.add(new Led(partition, actor, others));
                }
            }
        });
        return all;
    }

    private List<Integer> others(TopicPartition partition) {
        Set<Integer> alive = parts.peers.brokers();
        return replicas(parts.images.image(), partition).stream()
                .filter(alive::contains)
                .toList();
    }

    private List<Integer> replicas(ClusterImage image, TopicPartition partition) {
        if (partition.topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            return parts.options.settings().cluster().voters();
        }
        return image.topic(partition.topicId())
                .map(topic -> topic.partitions().get(partition.partition()).replicas())
                .orElse(List.of());
    }
}
