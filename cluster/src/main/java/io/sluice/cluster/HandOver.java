/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorRef;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.sharding.EntityIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that is about to stop has other brokers lead what it leads. */
final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);
    private static final long TIMEOUT_MS = 5_000;

    /** A follower that has not taken over by then is asked again, or another one is. */
    private static final int CHECKS_A_ROUND = 10;

    private final NodeParts parts;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int checks;

    HandOver(NodeParts parts) {
        this.parts = parts;
    }

    /** Completes when nobody else can lead what is still led here, or after some time. */
    CompletionStage<Void> run() {
        int count = led().size();
        if (count > 0) {
            LOG.info("handing over {} partitions", count);
        }
        check();
        return done.orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS).exceptionally(slow -> {
            LOG.warn("not every partition could be handed over in time: {} are led here still", led().size());
            return null;
        });
    }

    private void check() {
        List<Led> left = led();
        if (left.isEmpty()) {
            done.complete(null);
        } else if (!done.isDone()) {
            if (checks++ % CHECKS_A_ROUND == 0) {
                left.forEach(each -> each.actor().tell(new PartitionCommand.HandOver(each.others())));
            }
            parts.system.scheduler().scheduleOnce(CHECK_INTERVAL, this::check, parts.system.executionContext());
        }
    }

    private record Led(ActorRef<PartitionCommand> actor, List<Integer> others) {}

    /** What this node leads and another live one could. */
    private List<Led> led() {
        ClusterImage image = parts.images.image();
        Set<Integer> alive = parts.peers.brokers();
        List<Led> all = new ArrayList<>();
        parts.partitions.forEachReplica((handle, actor) -> {
            if (parts.partitions.leader(
                            handle.partition().topicId(), handle.partition().partition())
                    == handle) {
                List<Integer> others =
                        replicas(image, handle).stream().filter(alive::contains).toList();
                if (!others.isEmpty()) {
                    all.add(new Led(actor, others));
                }
            }
        });
        return all;
    }

    private List<Integer> replicas(ClusterImage image, PartitionHandle handle) {
        if (handle.partition().topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            return parts.options.settings().cluster().voters();
        }
        return image.topic(handle.partition().topicId())
                .map(topic ->
                        topic.partitions().get(handle.partition().partition()).replicas())
                .orElse(List.of());
    }
}
