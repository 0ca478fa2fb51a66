/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import java.util.List;
import java.util.Set;

/** How one client of the matrix is called. Each call starts processes of the unmodified client. */
interface ClientDriver {
    /** Name and version. */
    String name();

    /** Every codec that this client's producer has. */
    List<Codec> codecs();

    Set<Trait> traits();

    /** Creates a topic of three partitions with this client; only with {@link Trait#CREATES_TOPICS}. */
    default void createTopic(String bootstrap, String topic) {
        throw new UnsupportedOperationException(name() + " does not create topics");
    }

    /** Sends the records in their order and returns when all are acknowledged; fails if one is not. */
    void produce(String bootstrap, String topic, Codec codec, List<SentRecord> records);

    /** Starts a member of a group; it reads from the beginning where nothing is committed. */
    RunningConsumer consume(String bootstrap, String topic, String group);

    /**
     * What the client makes of the records it is told to send, where it can't send them as they are (a tool that makes its
     * own values, for instance).
     */
    default List<SentRecord> adapt(List<SentRecord> records) {
        return records;
    }
}
