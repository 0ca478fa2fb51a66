/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.actors.replication.ReplicaSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All cluster metadata at one offset of {@code __cluster_metadata-0}: immutable, read without a message by all request handling. */
public interface MetadataImage {
    /** Configuration of one broker: it is to be empty. */
    String DRAIN = "sluice.broker.drain";

    /** Configuration of all brokers: spread replicas and leaders evenly; the controller takes it back when that is done. */
    String REBALANCE = "sluice.rebalance";

    /** The offset after the last record in this image. */
    long offset();

    String clusterId();

    Map<Integer, BrokerInfo> brokers();

    /** By name, sorted. */
    Map<String, TopicInfo> topics();

    Optional<TopicInfo> topic(String name);

    Optional<TopicInfo> topic(UUID id);

    /** Dynamic broker configuration: of one broker, or with null the cluster-wide default. Only what was set. */
    Map<String, String> brokerConfig(Integer brokerId);

    /** The ordered broker list of each placement group (D3). */
    List<List<Integer>> placementGroups();

    /** Brokers that are to be empty ({@link #DRAIN}): nothing new is put on them. */
    default Set<Integer> draining() {
        return brokers().keySet().stream()
                .filter(broker -> Boolean.parseBoolean(brokerConfig(broker).get(DRAIN)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether replicas and leaders are being spread evenly over the brokers ({@link #REBALANCE}). */
    default boolean isRebalancing() {
        return Boolean.parseBoolean(brokerConfig(null).get(REBALANCE));
    }

    /** Finalized feature levels. */
    Map<String, Short> features();

    /**
     * A registered broker.
     *
     * @param rack null if it has none
     */
    record BrokerInfo(int id, String host, int port, String rack, long epoch) {}

    /**
     * A topic.
     *
     * @param internal only the broker itself writes it
     * @param configs only what was set for the topic
     */
    record TopicInfo(
            UUID id, String name, boolean internal, List<PartitionInfo> partitions, Map<String, String> configs) {}

    /**
     * A partition's place. Its replica set changes by one replica at a time (docs/replication.md): while {@code reassignment} is there, the
     * controller writes one version after the other until the replicas are those that are wanted.
     *
     * @param group its placement group
     * @param replicas broker ids of those who elect and commit, the preferred leader first
     * @param version of the replica set; rises by one with each replica that gets or loses its vote
     * @param leaving who had a vote until this version and keeps the files until it is in force; nobody or one
     * @param reassignment null if no other replicas are wanted
     */
    record PartitionInfo(
            int partition,
            int group,
            List<Integer> replicas,
            int version,
            List<Integer> leaving,
            Reassignment reassignment) {
        /** A partition as it is created. */
        public PartitionInfo(int partition, int group, List<Integer> replicas) {
            this(partition, group, replicas, 0, List.of(), null);
        }

        /** Those who elect and commit. */
        public ReplicaSet set() {
            return new ReplicaSet(version, replicas);
        }

        /** Who follows without a vote until it has caught up. */
        public List<Integer> observers() {
            return reassignment == null
                    ? List.of()
                    : reassignment.to().stream()
                            .filter(broker -> !replicas.contains(broker) && !leaving.contains(broker))
                            .toList();
        }

        /** All brokers with a replica: those with a vote, those that are to get it, those that had it. */
        public List<Integer> everywhere() {
            return Stream.of(replicas, observers(), leaving)
                    .flatMap(List::stream)
                    .toList();
        }

        /** Brokers that had no replica before and shall have one. */
        public List<Integer> adding() {
            return reassignment == null
                    ? List.of()
                    : reassignment.to().stream()
                            .filter(broker -> !reassignment.from().contains(broker))
                            .toList();
        }

        /** Brokers that have a replica and shall have none. */
        public List<Integer> removing() {
            return Stream.concat(replicas.stream(), leaving.stream())
                    .filter(broker -> reassignment == null
                            ? leaving.contains(broker)
                            : !reassignment.to().contains(broker))
                    .toList();
        }

        /** Whether a broker has a replica of the partition, with a vote or without. */
        public boolean isOn(int broker) {
            return replicas.contains(broker)
                    || leaving.contains(broker)
                    || (reassignment != null && reassignment.to().contains(broker));
        }

        /** Whether the replicas are not yet, or not for good, where they are wanted. */
        public boolean isChanging() {
            return reassignment != null || !leaving.isEmpty();
        }
    }

    /**
     * Other replicas than a partition has.
     *
     * @param from the replicas when it was asked for: what a cancellation goes back to
     * @param to broker ids, the preferred leader first
     */
    record Reassignment(List<Integer> from, List<Integer> to) {}
}
