/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brokers that leave for good. */
final class BrokerRemoval {
    private BrokerRemoval() {}

    /** A broker that still has replicas stays: they would be missing in their sets for ever. */
    static Decision<Outcome> decide(ClusterImage image, ControllerRequest.UnregisterBroker request) {
        int id = request.id();
        Set<Integer> brokers = Placement.brokers(image);
        if (!brokers.remove(id)) {
            return unknown(id);
        }
        long replicas = image.topics().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.isOn(id))
                .count();
        if (replicas > 0) {
            return refused("Broker " + id + " has replicas of " + replicas
                    + " partition(s). Move them to other brokers first (sluice cluster drain " + id + ").");
        } else if (brokers.isEmpty()) {
            return refused("Broker " + id + " is the only one.");
        }
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new MetadataRecord.BrokerUnregistered(id));
        if (!image.brokerConfig(id).isEmpty()) {
            records.add(new MetadataRecord.ConfigSet(ResourceType.BROKER, Integer.toString(id), Map.of()));
        }
        records.add(new MetadataRecord.PlacementGroupsSet(Placement.laid(image, brokers, image.draining())));
        return new Decision<>(records, Outcome.DONE);
    }

    private static Decision<Outcome> unknown(int id) {
        return Decision.nothing(
                new Outcome(ErrorCode.BROKER_ID_NOT_REGISTERED, "Broker " + id + " is not registered."));
    }

    private static Decision<Outcome> refused(String message) {
        return Decision.nothing(new Outcome(ErrorCode.INVALID_REQUEST, message));
    }
}
