/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * A Produce request whose record bytes still lie in the frame.
 *
 * @param transactionalId null if the producer is not transactional
 * @param acks as the client sent it; not checked
 */
record ProduceRequest(String transactionalId, short acks, int timeoutMs, List<Topic> topics) {
    /**
     * One topic.
     *
     * @param name null from version 13 on
     * @param id null before version 13
     */
    record Topic(String name, UUID id, List<Partition> partitions) {}

    /**
     * One partition.
     *
     * @param records a view of the frame; null if the client sent none
     */
    record Partition(int index, ByteBuffer records) {}
}
