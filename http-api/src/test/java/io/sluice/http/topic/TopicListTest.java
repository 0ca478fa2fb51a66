/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpRequest;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Exchange;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of many topics: none is left out, and none is larger than a node may answer. */
class TopicListTest {
    private final SortedMap<String, TopicInfo> topics = new TreeMap<>();
    private final Node node = fake(Node.class, Map.of("settings", BrokerSettings.defaults(), "liveBrokers", Set.of()));

    /** Answers what it is told, null to anything else. */
    private <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, with) -> {
            return switch (method.getName()) {
                case "metadata" -> fake(MetadataImage.class, Map.of("topics", topics));
                case "leadership" -> new Node.Leadership(-1, -1);
                default -> answers.get(method.getName());
            };
        }));
    }

    private void topic(String name, int partitions) {
        List<PartitionInfo> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionInfo(partition, 0, List.of(1)))
                .toList();
        topics.put(name, new TopicInfo(UUID.randomUUID(), name, name.startsWith("__"), all, Map.of()));
    }

    private Map<String, Object> page(Map<String, String> query) {
        return new TopicList(node, new TopicDescriptions(node), new LeaderDetails(null))
                .page(new Exchange(HttpRequest.GET("/v1/topics"), null, Map.of(), query))
                .toCompletableFuture()
                .join();
    }

    private static List<Object> names(Map<String, Object> page) {
        return ((List<?>) page.get("topics"))
                .stream().<Object>map(topic -> ((Map<?, ?>) topic).get("name")).toList();
    }

    @Test
    void aPageWithDetailsEndsBeforeItHasTooManyPartitions() {
        // Given
        topic("a", 1);
        topic("b", TopicList.PARTITIONS_MAX - 1);
        topic("c", 1);
        topic("d", TopicList.PARTITIONS_MAX + 1);
        topic("e", 1);

        // When
        Map<String, Object> first = page(Map.of("details", "true"));
        Map<String, Object> second = page(Map.of("details", "true", "after", "b"));
        Map<String, Object> third = page(Map.of("details", "true", "after", "c"));
        Map<String, Object> last = page(Map.of("details", "true", "after", "d"));

        // Then
        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first).containsEntry("next", "b").containsEntry("total", 5);
        assertThat(names(second)).containsExactly("c");
        assertThat(names(third)).as("a topic that fills no page is one").containsExactly("d");
        assertThat(names(last)).containsExactly("e");
        assertThat(last).doesNotContainKey("next");
    }

    @Test
    void aPageWithDetailsHasTwoHundredTopicsUnlessMoreAreWanted() {
        IntStream.range(0, 300).forEach(i -> topic("t%03d".formatted(i), 1));

        assertThat(names(page(Map.of("details", "true")))).hasSize(TopicList.DETAILED_DEFAULT);
        assertThat(names(page(Map.of("details", "true", "limit", "250")))).hasSize(250);
        assertThat(names(page(Map.of()))).hasSize(300);
    }

    @Test
    void theBrokersOwnTopicsAreShownToWhoAsksForThem() {
        topic("__inside", 1);
        topic("outside", 1);

        assertThat(names(page(Map.of()))).containsExactly("outside");
        assertThat(names(page(Map.of("internal", "true")))).containsExactly("__inside", "outside");
        assertThat(page(Map.of())).containsEntry("total", 1);
    }
}
