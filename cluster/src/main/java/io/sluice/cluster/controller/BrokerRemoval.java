/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Brokers that are to be empty, and those that are and leave for good. */
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
        Set<Integer> draining = new TreeSet<>(image.draining());
        if (draining.remove(id)) {
            records.add(new MetadataRecord.DrainingSet(List.copyOf(draining)));
        }
        records.add(new MetadataRecord.PlacementGroupsSet(Placement.laid(image, brokers, draining)));
        return new Decision<>(records, Outcome.DONE);
    }

    /** Nothing new is put on the broker from here on; what it has is moved away bit by bit. */
    static Decision<Outcome> decide(ClusterImage image, ControllerRequest.DrainBroker request) {
        Set<Integer> brokers = Placement.brokers(image);
        if (!brokers.contains(request.id())) {
            return unknown(request.id());
        }
        Set<Integer> draining = new TreeSet<>(image.draining());
        boolean changes = request.drain() ? draining.add(request.id()) : draining.remove(request.id());
        if (!changes) {
            return Decision.nothing(Outcome.DONE);
        } else if (draining.containsAll(brokers)) {
            return refused("No broker would be left to put the replicas of broker " + request.id() + " on.");
        }
        return new Decision<>(
                List.of(
                        new MetadataRecord.DrainingSet(List.copyOf(draining)),
                        new MetadataRecord.PlacementGroupsSet(Placement.laid(image, brokers, draining))),
                Outcome.DONE);
    }

    private static Decision<Outcome> unknown(int id) {
        return Decision.nothing(
                new Outcome(ErrorCode.BROKER_ID_NOT_REGISTERED, "Broker " + id + " is not registered."));
    }

    private static Decision<Outcome> refused(String message) {
        return Decision.nothing(new Outcome(ErrorCode.INVALID_REQUEST, message));
    }
}
