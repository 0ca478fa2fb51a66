/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Empties brokers that are to be empty, and, while that is wanted, spreads replicas and leaders evenly and gives the brokers' own topics the replicas that they were
 * meant to have: a few partitions at a time, as reassignments like those by
 * hand. Partitions that are being moved already, by whomever, are left alone and counted where they go to.
 */
final class Balancing {
    private Balancing() {}

    static Decision<ErrorCode> decide(
            ClusterImage image, ControllerRequest.ContinueBalancing request, ConfigRules rules) {
        Set<Integer> draining = image.draining();
        boolean rebalances = image.isRebalancing();
        if (draining.isEmpty() && !rebalances) {
            return Decision.nothing(ErrorCode.NONE);
        }
        Set<Integer> targets = new TreeSet<>(image.brokers().keySet());
        targets.retainAll(request.live());
        targets.removeAll(draining);
        List<TopicInfo> topics = List.copyOf(image.topics().values());
        int moving = (int) topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(PartitionInfo::isChanging)
                .count();
        Balancer balancer = new Balancer(targets, Math.max(0, rules.rebalanceMovesMax() - moving));
        boolean complete = true;
        for (TopicInfo topic : topics) {
            complete &= add(balancer, topic, request.live());
        }
        balancer.empty(draining);
        if (rebalances) {
            widen(balancer, topics, rules);
            balancer.even();
        }
        Reassignments reassignments = new Reassignments(image);
        int refused = 0;
        for (Balancer.Move move : balancer.moves()) {
            TopicInfo topic = topics.get(move.topic());
            try {
                reassignments.reassign(topic, topic.partitions().get(move.partition()), move.to());
            } catch (Refusal noGroup) {
                refused++;
            }
        }
        List<MetadataRecord> records = new ArrayList<>(reassignments.records());
        if (rebalances && complete && moving == 0 && balancer.moves().size() == refused) {
            records.add(wanted(image, false));
        }
        return new Decision<>(records, ErrorCode.NONE);
    }

    /**
     * What is on its way counts where it goes.
     *
     * @return false if there are partitions that can't be moved because too many of their brokers are gone
     */
    private static boolean add(Balancer balancer, TopicInfo topic, List<Integer> live) {
        List<List<Integer>> partitions = new ArrayList<>();
        Set<Integer> unmovable = new HashSet<>();
        boolean complete = true;
        for (PartitionInfo partition : topic.partitions()) {
            partitions.add(
                    partition.reassignment() == null
                            ? partition.replicas()
                            : partition.reassignment().to());
            long there = partition.replicas().stream().filter(live::contains).count();
            boolean served = there > partition.replicas().size() / 2;
            complete &= served;
            if (partition.isChanging() || !served) {
                unmovable.add(partition.partition());
            }
        }
        balancer.add(partitions, unmovable);
        return complete;
    }

    /** Topics that the brokers keep for themselves were made with as many replicas as there were brokers: they get the rest as brokers join. */
    private static void widen(Balancer balancer, List<TopicInfo> topics, ConfigRules rules) {
        for (InternalTopic internal : InternalTopic.values()) {
            for (int t = 0; t < topics.size(); t++) {
                if (topics.get(t).name().equals(internal.topic())) {
                    balancer.widen(t, rules.replicationFactor(internal));
                }
            }
        }
    }

    /** Begins to spread replicas and leaders evenly, or ends it. */
    static MetadataRecord wanted(MetadataImage image, boolean wanted) {
        Map<String, String> configs = new TreeMap<>(image.brokerConfig(null));
        if (wanted) {
            configs.put(MetadataImage.REBALANCE, "true");
        } else {
            configs.remove(MetadataImage.REBALANCE);
        }
        return new MetadataRecord.ConfigSet(ResourceType.BROKER, "", Map.copyOf(configs));
    }
}
