/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {
    private final ConfigChanges changes = new ConfigChanges(BrokerSettings.defaults());

    private ConfigChanges.Outcome topic(Map<String, String> current, ConfigOp... ops) {
        return changes.topic(current, false, List.of(ops));
    }

    private static ConfigOp set(String key, String value) {
        return new ConfigOp(key, Operation.SET, value);
    }

    @Test
    void setAddsAndReplacesAndDeleteRemoves() {
        ConfigChanges.Outcome outcome = topic(
                Map.of("retention.ms", "1", "segment.ms", "2", "flush.ms", "3"),
                set("retention.ms", " 5 "),
                set("retention.bytes", "6"),
                new ConfigOp("segment.ms", Operation.DELETE, null));

        assertThat(outcome.error()).isEqualTo(ErrorCode.NONE);
        assertThat(outcome.configs())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("retention.ms", "5", "retention.bytes", "6", "flush.ms", "3"));
    }

    @Test
    void replaceAllForgetsWhatIsNotNamed() {
        ConfigChanges.Outcome outcome =
                changes.topic(Map.of("retention.ms", "1", "segment.ms", "2"), true, List.of(set("retention.ms", "5")));

        assertThat(outcome.configs()).isEqualTo(Map.of("retention.ms", "5"));
    }

    @Test
    void appendAndSubtractWorkOnWhatIsInForce() {
        ConfigOp append = new ConfigOp("cleanup.policy", Operation.APPEND, "compact");
        ConfigOp subtract = new ConfigOp("cleanup.policy", Operation.SUBTRACT, "delete");

        assertThat(topic(Map.of(), append).configs())
                .as("the default is in force")
                .isEqualTo(Map.of("cleanup.policy", "delete,compact"));
        assertThat(topic(Map.of("cleanup.policy", "compact"), append).configs())
                .as("what is there is not added again")
                .isEqualTo(Map.of("cleanup.policy", "compact"));
        assertThat(topic(Map.of("cleanup.policy", "delete,compact"), subtract).configs())
                .isEqualTo(Map.of("cleanup.policy", "compact"));
        ConfigOp replicas = new ConfigOp("leader.replication.throttled.replicas", Operation.APPEND, "0:1,1:1");
        assertThat(topic(Map.of(), replicas).configs())
                .as("a key that no broker key stands behind")
                .isEqualTo(Map.of("leader.replication.throttled.replicas", "0:1,1:1"));
    }

    @Test
    void wrongChangesAreRefusedByName() {
        assertThat(topic(Map.of(), set("retention.msec", "5")).message())
                .isEqualTo("retention.msec: unknown key; did you mean retention.ms?");
        assertThat(topic(Map.of(), set("retention.ms", "soon")).message())
                .isEqualTo("retention.ms=soon: must be a whole number, at least -1");
        assertThat(topic(Map.of(), set("retention.ms", null)).error()).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(topic(Map.of(), set("segment.bytes", "14")).error()).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(topic(Map.of(), set("remote.storage.enable", "true")).error())
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(topic(Map.of(), new ConfigOp("retention.ms", Operation.APPEND, "5"))
                        .message())
                .isEqualTo("retention.ms: APPEND is for lists, and this is a whole number, at least -1");
        assertThat(topic(Map.of(), set("retention.ms", "5"), set("retention.ms", "6"))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(topic(Map.of("min.compaction.lag.ms", "9"), set("max.compaction.lag.ms", "5"))
                        .message())
                .isEqualTo("min.compaction.lag.ms=9: must not be larger than max.compaction.lag.ms=5");
    }

    @Test
    void brokersTakeDynamicKeysOnly() {
        assertThat(changes.broker(Map.of(), false, List.of(set("log.retention.ms", "5")))
                        .configs())
                .isEqualTo(Map.of("log.retention.ms", "5"));
        assertThat(changes.broker(Map.of(), false, List.of(set("num.partitions", "5")))
                        .message())
                .isEqualTo("num.partitions: cannot be changed while the broker runs; set it in its configuration file");
        assertThat(changes.broker(Map.of(), true, List.of(set("num.partitions", "1"), set("log.retention.ms", "5")))
                        .configs())
                .as("repeating what is in force is no change")
                .isEqualTo(Map.of("log.retention.ms", "5"));
    }

    @Test
    void groupConfigurationIsRefused() {
        assertThat(changes.group(List.of(set("consumer.session.timeout.ms", "50000")))
                        .error())
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(changes.group(List.of(set("consumer.session.timeout", "50000")))
                        .message())
                .contains("did you mean consumer.session.timeout.ms?");
    }

    @Test
    void writingBackEverythingThatWasReadIsAccepted() {
        ConfigResolver resolver = new ConfigResolver(BrokerSettings.defaults());
        List<ConfigOp> all = resolver.topic(FakeImage.EMPTY, Map.of("retention.ms", "5")).stream()
                .map(config -> set(config.key().name(), config.value()))
                .toList();

        ConfigChanges.Outcome outcome = changes.topic(Map.of("retention.ms", "5"), true, all);

        assertThat(outcome.message()).isNull();
        assertThat(outcome.configs()).hasSize(33).containsEntry("retention.ms", "5");
    }
}
