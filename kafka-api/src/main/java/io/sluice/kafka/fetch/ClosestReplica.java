/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a client that has said its rack had better read (KIP-392): at a replica in that rack which follows in the leader's epoch and has what the client
 * asks for. Those brokers share a topic's partitions. For one fetch.
 */
final class ClosestReplica {
    private static final int HERE = -1;

    private final Node node;
    private final String rack;
    private final Redirects redirects;

    ClosestReplica(Node node, String rack, Redirects redirects) {
        this.node = node;
        this.rack = rack;
        this.redirects = redirects;
    }

    /** The broker; -1 for this one. */
    int of(FetchPartition partition, MetadataImage image, PartitionHandle handle) {
        if (!handle.leads() || isInRack(image, node.id())) {
            return HERE;
        }
        List<Integer> closer = new ArrayList<>();
        for (int broker : handle.inSync().brokers()) {
            if (broker != node.id()
                    && isInRack(image, broker)
                    && handle.fetchedBy(broker) >= partition.fetchOffset
                    && node.liveBrokers().contains(broker)) {
                closer.add(broker);
            }
        }
        return closer.isEmpty() || !redirects.mayBeSent(partition.key)
                ? HERE
                : closer.get(partition.key.partition() % closer.size());
    }

    private boolean isInRack(MetadataImage image, int broker) {
        BrokerInfo info = image.brokers().get(broker);
        return info != null && rack.equals(info.rack());
    }

    /** The client is told so. */
    void sent(FetchPartition partition) {
        redirects.sent(partition.key);
    }
}
