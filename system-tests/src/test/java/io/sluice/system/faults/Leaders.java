/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** Which node leads what just now, as any client can ask; nothing if there is no answer. */
final class Leaders {
    private final TestCluster cluster;
    private final String topic;
    private final List<String> groups;
    private int partitions = 1;

    Leaders(TestCluster cluster, String topic, List<String> groups) {
        this.cluster = cluster;
        this.topic = topic;
        this.groups = List.copyOf(groups);
        ofPartition(0);
    }

    /** How many partitions the topic has. */
    int partitions() {
        return partitions;
    }

    Optional<TestNode> ofPartition(int partition) {
        return ask(admin -> {
            var described = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions();
            partitions = described.size();
            return described.get(partition).leader();
        });
    }

    Optional<TestNode> ofMetadata() {
        return ask(admin -> admin.describeCluster().controller().get());
    }

    Optional<TestNode> ofGroup(String group) {
        return ask(admin ->
                admin.describeConsumerGroups(groups).all().get().get(group).coordinator());
    }

    private interface Question {
        Node ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    private Optional<TestNode> ask(Question question) {
        try (Admin admin = cluster.admin()) {
            return Optional.ofNullable(question.ask(admin))
                    .filter(node -> !node.isEmpty())
                    .map(node -> cluster.node(node.id()));
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
