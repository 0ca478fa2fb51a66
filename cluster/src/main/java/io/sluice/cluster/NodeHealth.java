/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.cluster.Cluster;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.sharding.EntityIds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Looks at the parts of a node and says how it is. Reads what they publish: any thread, no message, no lock that anybody waits for long. */
final class NodeHealth {
    private final NodeParts parts;

    NodeHealth(NodeParts parts) {
        this.parts = parts;
    }

    /** @param started the node has served once */
    Health now(boolean started) {
        Cluster cluster = Cluster.get(parts.system);
        if (cluster.selfMember().status() != MemberStatus.up()) {
            return Health.notYet("not in the cluster: waits to be let in, or for a majority of the voters " + voters());
        }
        if (!seesMajority()) {
            return Health.notYet("sees " + votersSeen() + " of the voters " + voters() + ", which is no majority");
        }
        Health metadata = metadata();
        if (!metadata.ready()) {
            return metadata;
        } else if (!started) {
            return Health.notYet("opens what it keeps");
        }
        return replicas();
    }

    private List<Integer> voters() {
        return parts.options.settings().cluster().voters();
    }

    /** Brokers that are in the cluster and reached, this one included if it is in. */
    Set<Integer> brokersSeen() {
        CurrentClusterState state = Cluster.get(parts.system).state();
        Set<Member> unreachable = state.getUnreachable();
        Set<Integer> seen = new HashSet<>();
        for (Member member : state.getMembers()) {
            if (!unreachable.contains(member)) {
                Peers.brokerOf(member).ifPresent(seen::add);
            }
        }
        return seen;
    }

    int votersSeen() {
        Set<Integer> seen = brokersSeen();
        seen.retainAll(voters());
        return seen.size();
    }

    /** Without it nothing can be acknowledged by all replicas, and the node stops before long. */
    boolean seesMajority() {
        return votersSeen() > voters().size() / 2;
    }

    private Health metadata() {
        UUID topic = EntityIds.METADATA_TOPIC_ID;
        PartitionHandle handle = replica(topic, 0);
        if (handle == null) {
            return Health.notYet("nobody leads the metadata");
        }
        long behind = handle.view().highWatermark() - parts.images.image().offset();
        return behind > 0
                ? Health.notYet("is behind the metadata by " + behind + " records")
                : Health.ready("knows the metadata");
    }

    private Health replicas() {
        int leads = 0;
        int follows = 0;
        int neither = 0;
        String example = "";
        ClusterImage image = parts.images.image();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (!partition.replicas().contains(parts.options.settings().nodeId())) {
                    continue;
                }
                if (parts.partitions.leader(topic.id(), partition.partition()) != null) {
                    leads++;
                } else if (parts.partitions.follower(topic.id(), partition.partition()) != null) {
                    follows++;
                } else if (neither++ == 0) {
                    example = topic.name() + "-" + partition.partition();
                }
            }
        }
        return neither == 0
                ? Health.ready("leads " + leads + " partitions and follows " + follows)
                : Health.notYet(neither + " of " + (leads + follows + neither)
                        + " partitions here neither lead nor follow, like " + example);
    }

    private PartitionHandle replica(UUID topicId, int partition) {
        PartitionHandle leader = parts.partitions.leader(topicId, partition);
        return leader != null ? leader : parts.partitions.follower(topicId, partition);
    }
}
