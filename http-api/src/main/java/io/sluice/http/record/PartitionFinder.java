/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.HttpResponse;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Finds partitions, on this node and on others. One that is served elsewhere, by a node that can't be asked from here, is 421 with the node to ask.
 */
public final class PartitionFinder {
    private final Node node;
    private final OtherNodes others;

    public PartitionFinder(Node node, OtherNodes others) {
        this.node = node;
        this.others = others;
    }

    /** A topic that is there. */
    public TopicInfo topic(String name) {
        return node.metadata().topic(name).orElseThrow(() -> Problem.of(
                        ProblemKind.UNKNOWN_TOPIC, "There is no topic " + Problem.quoted(name) + ".")
                .asException());
    }

    /** A replica that can be read here: the leader's, or a follower's up to its high watermark. */
    PartitionHandle readable(TopicInfo topic, int partition) {
        PartitionInfo info = info(topic, partition);
        PartitionHandle leader = node.leader(topic.id(), partition);
        if (leader != null) {
            return leader;
        }
        PartitionHandle follower = node.follower(topic.id(), partition);
        if (follower == null) {
            throw elsewhere(topic, info, "and has no replica of it");
        }
        return follower;
    }

    /** The node to read a partition from where there is no replica here; -1 if it is here, or nobody else can be asked. */
    int readElsewhere(Exchange exchange, TopicInfo topic, int partition) {
        info(topic, partition);
        int broker = node.leadership(topic.id(), partition).brokerId();
        boolean here = node.leader(topic.id(), partition) != null || node.follower(topic.id(), partition) != null;
        return !here && broker >= 0 && others.mayAsk(exchange, broker) ? broker : -1;
    }

    /** What the leader answers, for a node that can't. */
    CompletionStage<HttpResponse> askLeader(Exchange exchange, TopicInfo topic, int partition) {
        PartitionInfo info = info(topic, partition);
        int broker = node.leadership(topic.id(), partition).brokerId();
        if (broker >= 0 && others.mayAsk(exchange, broker)) {
            return others.forward(broker, exchange);
        }
        // whoever passed it on was wrong about who leads
        throw OtherNodes.isForwarded(exchange)
                ? noLeader(topic, partition)
                : elsewhere(topic, info, "and its replica is behind");
    }

    /** The leader's replica, which must be here. */
    PartitionHandle led(TopicInfo topic, int partition) {
        PartitionInfo info = info(topic, partition);
        PartitionHandle leader = node.leader(topic.id(), partition);
        if (leader == null) {
            throw elsewhere(topic, info, "and only its leader takes records");
        }
        return leader;
    }

    /** The leader of a partition, here or where it can be reached. */
    PartitionSink sink(TopicInfo topic, int partition) {
        info(topic, partition);
        PartitionHandle leader = node.leader(topic.id(), partition);
        int broker = node.leadership(topic.id(), partition).brokerId();
        return leader == null && broker >= 0 && others.knows(broker)
                ? PartitionSink.of(others, broker, topic.name(), partition)
                : PartitionSink.of(led(topic, partition));
    }

    /** Partitions of a topic that are led here. */
    List<Integer> ledHere(TopicInfo topic) {
        return topic.partitions().stream()
                .map(PartitionInfo::partition)
                .filter(partition -> node.leader(topic.id(), partition) != null)
                .toList();
    }

    private static PartitionInfo info(TopicInfo topic, int partition) {
        if (partition < 0 || partition >= topic.partitions().size()) {
            throw Problem.of(
                            ProblemKind.UNKNOWN_PARTITION,
                            "Topic " + topic.name() + " has the partitions 0 to "
                                    + (topic.partitions().size() - 1) + ", and no " + partition + ".")
                    .asException();
        }
        return topic.partitions().get(partition);
    }

    ProblemException noLeader(TopicInfo topic, int partition) {
        return Problem.of(ProblemKind.NO_LEADER, "Nobody leads " + topic.name() + "-" + partition + " now: try again.")
                .asException();
    }

    private ProblemException elsewhere(TopicInfo topic, PartitionInfo partition, String why) {
        String name = topic.name() + "-" + partition.partition();
        int leader = node.leadership(topic.id(), partition.partition()).brokerId();
        if (leader < 0 || leader == node.id()) {
            return noLeader(topic, partition.partition());
        }
        return new Problem(
                        ProblemKind.LED_ELSEWHERE,
                        "Node " + leader + " leads " + name + "; this is node " + node.id() + ", " + why + ": ask node "
                                + leader + ".",
                        Map.of("leader", leader, "replicas", partition.replicas()))
                .asException();
    }
}
