/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.system.broker.Broker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pipeline that people build first: a compacted topic with three partitions, a Python producer with {@code acks=all}
 * and zstd, JSON values keyed by user, and two consumers in one group that share the partitions.
 */
@Tag("clients")
@Timeout(120)
class FirstPipelineIT {
    private static final int USERS = 50;
    private static final int EACH = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void signupsReachTwoConsumersThatShareThePartitions(@TempDir Path data) throws IOException {
        try (Broker broker = Broker.any(data);
                var reference = new Reference(broker.bootstrap())) {
            reference.deleteTopicIfThere("user-signups");
            // Given the topic and two members of one group
            signups(broker, 0);
            try (var first = member(broker);
                    var second = member(broker)) {
                reference.awaitMembers("welcome-mails", 2, 3, first, second);

                // When sign-ups come in and both have read all there is
                var produced = signups(broker, EACH);
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(Stream.of(first, second)
                                .mapToInt(member -> member.records().size())
                                .sum())
                        .as(first.said() + second.said())
                        .isEqualTo(USERS * EACH));
                first.stop();
                second.stop();

                // Then each sign-up was handled once, those of a user by one member in their order
                assertThat(produced).containsExactly(USERS * EACH + " sign-ups acknowledged");
                verify(first.records(), second.records());
                assertThat(reference.topicConfig("user-signups", "cleanup.policy"))
                        .isEqualTo("compact");
                assertThat(reference.topicConfig("user-signups", "retention.ms"))
                        .isEqualTo("604800000");
            }
        }
    }

    private static void verify(List<ReadRecord> first, List<ReadRecord> second) throws JsonProcessingException {
        assertThat(first).as("first member's share").isNotEmpty();
        assertThat(second).as("second member's share").isNotEmpty();
        var all = new ArrayList<>(first);
        all.addAll(second);
        Map<String, List<Integer>> attempts = new HashMap<>();
        for (ReadRecord r : all) {
            attempts.computeIfAbsent(r.key(), user -> new ArrayList<>())
                    .add(JSON.readTree(r.value()).get("attempt").asInt());
        }
        var inOrder = Stream.iterate(0, n -> n + 1).limit(EACH).toList();
        assertThat(attempts).hasSize(USERS).allSatisfy((user, seen) -> assertThat(seen)
                .isEqualTo(inOrder));
    }

    private static List<String> signups(Broker broker, int each) {
        return python("signups.py")
                .with(broker.bootstrap(), Integer.toString(USERS), Integer.toString(each))
                .run("");
    }

    private static RunningConsumer member(Broker broker) {
        return new RunningConsumer(
                "welcome.py",
                python("welcome.py").with(broker.bootstrap()).start(),
                RunningConsumer.StoppedBy.END_OF_INPUT,
                ProgramClient::parse);
    }

    private static Command python(String program) {
        return Command.of(
                "/usr/bin/python3",
                Installed.program("first-pipeline/" + program).toString());
    }
}
