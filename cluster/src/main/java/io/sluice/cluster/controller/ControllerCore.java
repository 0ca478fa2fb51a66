/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Decides what becomes of a request, from an image: pure, without state of its own but for what it counts. */
public final class ControllerCore {
    private final ConfigRules rules;
    private final TopicCreation creation;
    private final TopicGrowth growth;
    private final ConfigAlteration configs;
    private final MetadataLevels levels;

    /** @param topicIds where new ids come from */
    public ControllerCore(ConfigRules rules, PartitionLimits limits, Supplier<UUID> topicIds) {
        this(rules, limits, topicIds, MetadataLevels.KNOWN);
    }

    /** @param levels that this program knows */
    public ControllerCore(ConfigRules rules, PartitionLimits limits, Supplier<UUID> topicIds, MetadataLevels levels) {
        this.rules = rules;
        this.levels = levels;
        this.creation = new TopicCreation(rules, limits, topicIds);
        this.growth = new TopicGrowth(limits);
        this.configs = new ConfigAlteration(rules);
    }

    /**
     * The records of a request, and its answer once they are committed.
     *
     * @param live brokers that are in the cluster now
     */
    @SuppressWarnings("unchecked") // each request's decision has the request's answer type
    public <R> Decision<R> decide(ClusterImage image, ControllerRequest<R> request, Set<Integer> live) {
        return (Decision<R>) decideAny(image, request, live);
    }

    private Decision<?> decideAny(ClusterImage image, ControllerRequest<?> request, Set<Integer> live) {
        if (request instanceof ControllerRequest.CreateTopics create) {
            return creation.decide(image, create, live);
        } else if (request instanceof ControllerRequest.CreateInternalTopic create) {
            return creation.decide(image, create.topic(), live);
        } else if (request instanceof ControllerRequest.CreatePartitions grow) {
            return growth.decide(image, grow, live);
        } else if (request instanceof ControllerRequest.DeleteTopics delete) {
            return TopicDeletion.decide(image, delete);
        } else if (request instanceof ControllerRequest.AlterConfigs alter) {
            return configs.decide(image, alter);
        } else if (request instanceof ControllerRequest.AllocateProducerIds allocate) {
            return allocate(image, allocate.count());
        } else if (request instanceof ControllerRequest.RegisterBroker register) {
            return register(image, register);
        } else if (request instanceof ControllerRequest.AlterReassignments alter) {
            return Reassignments.decide(image, alter);
        } else if (request instanceof ControllerRequest.ReportReplicas report) {
            return Reassignments.decide(image, report);
        } else if (request instanceof ControllerRequest.UnregisterBroker broker) {
            return BrokerRemoval.decide(image, broker);
        } else if (request instanceof ControllerRequest.ContinueBalancing balancing) {
            return Balancing.decide(image, balancing, rules);
        } else if (request instanceof ControllerRequest.ConfirmSet confirm) {
            return confirm(image, confirm);
        } else if (request instanceof ControllerRequest.RaiseLevel raise) {
            return LevelRaising.decide(image, raise, levels);
        } else if (request instanceof ControllerRequest.DescribeQuorum describe) {
            return Decision.nothing(describe.refused(ErrorCode.LEADER_NOT_AVAILABLE, null));
        } else {
            return bootstrap(image, (ControllerRequest.Bootstrap) request);
        }
    }

    /** A cluster begins at the highest level of the program that makes it. */
    private Decision<ErrorCode> bootstrap(ClusterImage image, ControllerRequest.Bootstrap request) {
        if (image.clusterId() != null) {
            return Decision.nothing(ErrorCode.NONE);
        }
        return new Decision<>(
                List.of(
                        new MetadataRecord.ClusterCreated(request.clusterId(), request.placementGroups()),
                        new MetadataRecord.FeatureLevelSet(MetadataLevels.FEATURE, levels.max()),
                        new MetadataRecord.PlacementGroupsSet(
                                Placement.groups(request.placementGroups(), request.brokers()))),
                ErrorCode.NONE);
    }

    private static Decision<ErrorCode> register(ClusterImage image, ControllerRequest.RegisterBroker request) {
        if (!request.levels().has(MetadataLevels.of(image))) {
            return Decision.nothing(ErrorCode.UNSUPPORTED_VERSION);
        }
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.BrokerRegistered(
                request.id(),
                request.host(),
                request.port(),
                request.rack(),
                image.offset(),
                request.directoryId(),
                request.levels()));
        Set<Integer> brokers = Placement.brokers(image);
        if (brokers.add(request.id())) {
            records.add(new MetadataRecord.PlacementGroupsSet(Placement.laid(image, brokers, image.draining())));
            if (!image.topics().isEmpty() && !image.isRebalancing()) {
                records.add(Balancing.wanted(image, true));
            }
        }
        return new Decision<>(records, ErrorCode.NONE);
    }

    private static Decision<ErrorCode> confirm(ClusterImage image, ControllerRequest.ConfirmSet confirm) {
        boolean newest = image.topic(confirm.topicId())
                .filter(topic -> confirm.partition() >= 0
                        && confirm.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(confirm.partition()).version() == confirm.version())
                .orElse(false);
        return newest
                ? new Decision<>(
                        List.of(new MetadataRecord.ProducerIdsAllocated(image.nextProducerId())), ErrorCode.NONE)
                : Decision.nothing(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
    }

    private static Decision<Long> allocate(ClusterImage image, int count) {
        if (count <= 0 || Long.MAX_VALUE - count < image.nextProducerId()) {
            return Decision.nothing(-1L);
        }
        return new Decision<>(
                List.of(new MetadataRecord.ProducerIdsAllocated(image.nextProducerId() + count)),
                image.nextProducerId());
    }
}
