/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.config.ConfigSource;
import io.sluice.cluster.config.ConfigType;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigsTest {
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture(Map.of("log.retention.hours", "1"));
        fixture.node.topic("orders", 1);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static Stream<Short> describeVersions() {
        return AdminFixture.versions(ApiMessageType.DESCRIBE_CONFIGS);
    }

    static Stream<Short> alterVersions() {
        return AdminFixture.versions(ApiMessageType.ALTER_CONFIGS);
    }

    static Stream<Short> incrementalVersions() {
        return AdminFixture.versions(ApiMessageType.INCREMENTAL_ALTER_CONFIGS);
    }

    private DescribeConfigsResult describe(int version, int type, String name, String... keys) throws Exception {
        DescribeConfigsRequestData request =
                new DescribeConfigsRequestData().setIncludeSynonyms(true).setIncludeDocumentation(version >= 3);
        request.resources()
                .add(new DescribeConfigsResource()
                        .setResourceType((byte) type)
                        .setResourceName(name)
                        .setConfigurationKeys(keys.length == 0 ? null : List.of(keys)));
        return fixture.call(request, new DescribeConfigsResponseData(), version)
                .results()
                .get(0);
    }

    private static DescribeConfigsResourceResult key(DescribeConfigsResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not answered"));
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void everyVersionTellsEveryTopicKeyWithItsSource(short version) throws Exception {
        // When
        DescribeConfigsResult result = describe(version, 2, "orders");

        // Then
        assertThat(result.errorCode()).isZero();
        assertThat(result.configs()).hasSize(33);
        DescribeConfigsResourceResult retention = key(result, "retention.ms");
        assertThat(retention.value()).isEqualTo("3600000");
        assertThat(retention.readOnly()).isFalse();
        assertThat(retention.configSource()).isEqualTo(ConfigSource.STATIC_BROKER.code());
        assertThat(retention.synonyms())
                .extracting(DescribeConfigsSynonym::name, DescribeConfigsSynonym::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("log.retention.hours", "1"),
                        org.assertj.core.groups.Tuple.tuple("log.retention.hours", "168"));
        assertThat(retention.configType()).isEqualTo(version >= 3 ? ConfigType.LONG.code() : 0);
        assertThat(retention.documentation())
                .isEqualTo(
                        version >= 3
                                ? "How long records are kept at least; -1 is for ever."
                                : version >= 3 ? null : "");
    }

    /** Kafka's own list of what a topic may have. */
    @Test
    void everyTopicKeyThatKafkasClientsNameIsAnswered() throws Exception {
        List<String> names = new ArrayList<>();
        for (Field field : TopicConfig.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.getName().endsWith("_CONFIG")) {
                names.add((String) field.get(null));
            }
        }
        // Removed in Kafka 4.0, though the constants are still there.
        names.removeAll(List.of(
                "message.format.version", "message.timestamp.difference.max.ms", "message.downconversion.enable"));

        DescribeConfigsResult result = describe(4, 2, "orders");

        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsAll(names);
    }

    @Test
    void onlyTheKeysThatAreAskedForAreTold() throws Exception {
        assertThat(describe(4, 2, "orders", "retention.ms", "no.such.key").configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactly("retention.ms");
    }

    @Test
    void aBrokerTellsAllItsKeysAndNoSecrets() throws Exception {
        DescribeConfigsResult result = describe(4, 4, "1");

        assertThat(result.configs()).hasSizeGreaterThan(340);
        assertThat(key(result, "log.retention.hours").configSource()).isEqualTo(ConfigSource.STATIC_BROKER.code());
        assertThat(key(result, "log.retention.hours").readOnly()).isTrue();
        assertThat(key(result, "log.retention.ms").readOnly()).isFalse();
        assertThat(key(result, "log.retention.ms").value()).isEqualTo("3600000");
        assertThat(key(result, "ssl.keystore.password").isSensitive()).isTrue();
        assertThat(key(result, "ssl.keystore.password").value()).isNull();
        assertThat(describe(4, 4, "").configs()).as("nothing was changed").isEmpty();
    }

    @Test
    void resourcesThatAreNotThereAreRefusedEachByItself() throws Exception {
        assertThat(describe(4, 2, "not-there").errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describe(4, 2, "not legal").errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(describe(4, 4, "7").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(describe(4, 99, "x").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(describe(4, 32, "g").configs()).hasSize(17);
        assertThat(describe(4, 8, "1").configs()).isEmpty();
        assertThat(describe(4, 16, "m").configs()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("alterVersions")
    void alterConfigsReplacesEverything(short version) throws Exception {
        // Given
        incremental(0, change(SET, "segment.ms", "99"));

        // When
        AlterConfigsResponseData response =
                fixture.call(replace("orders", Map.of("retention.ms", "5")), new AlterConfigsResponseData(), version);

        // Then
        assertThat(response.responses().get(0).errorCode()).isZero();
        assertThat(response.responses().get(0).resourceName()).isEqualTo("orders");
        assertThat(fixture.node.image.topics.get("orders").configs()).isEqualTo(Map.of("retention.ms", "5"));
    }

    private static AlterConfigsRequestData replace(String topic, Map<String, String> configs) {
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType((byte) 2)
                .setResourceName(topic);
        configs.forEach((name, value) -> resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(name).setValue(value)));
        request.resources().add(resource);
        return request;
    }

    /** What librdkafka's clients do: read all, change one, write all back. */
    @Test
    void readModifyWriteOfEverythingWorks() throws Exception {
        // Given
        Map<String, String> all = new java.util.TreeMap<>();
        describe(1, 2, "orders").configs().forEach(config -> all.put(config.name(), config.value()));
        all.put("retention.ms", "12345");

        // When
        AlterConfigsResponseData response = fixture.call(replace("orders", all), new AlterConfigsResponseData(), 0);

        // Then
        assertThat(response.responses().get(0).errorMessage()).isNull();
        assertThat(key(describe(1, 2, "orders"), "retention.ms").value()).isEqualTo("12345");
        assertThat(key(describe(1, 2, "orders"), "retention.ms").configSource()).isEqualTo(ConfigSource.TOPIC.code());
    }

    private record Change(byte operation, String key, String value) {}

    private static Change change(byte operation, String key, String value) {
        return new Change(operation, key, value);
    }

    private IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse incremental(int version, Change... changes)
            throws Exception {
        return incremental(version, (byte) 2, "orders", false, changes);
    }

    private IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse incremental(
            int version, byte type, String name, boolean validateOnly, Change... changes) throws Exception {
        IncrementalAlterConfigsRequestData request =
                new IncrementalAlterConfigsRequestData().setValidateOnly(validateOnly);
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name);
        for (Change change : changes) {
            resource.configs()
                    .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                            .setName(change.key())
                            .setConfigOperation(change.operation())
                            .setValue(change.value()));
        }
        request.resources().add(resource);
        return fixture.call(request, new IncrementalAlterConfigsResponseData(), version)
                .responses()
                .get(0);
    }

    @ParameterizedTest
    @MethodSource("incrementalVersions")
    void singleKeysAreSetDeletedAppendedAndSubtracted(short version) throws Exception {
        assertThat(incremental(version, change(SET, "retention.ms", "5"), change(APPEND, "cleanup.policy", "compact"))
                        .errorCode())
                .isZero();
        assertThat(fixture.node.image.topics.get("orders").configs())
                .isEqualTo(Map.of("retention.ms", "5", "cleanup.policy", "delete,compact"));

        assertThat(incremental(
                                version,
                                change(DELETE, "retention.ms", null),
                                change(SUBTRACT, "cleanup.policy", "delete"))
                        .errorCode())
                .isZero();
        assertThat(fixture.node.image.topics.get("orders").configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void wrongChangesAreRefusedByNameAndNothingIsChanged() throws Exception {
        var unknown = incremental(1, change(SET, "retention.ms", "5"), change(SET, "retentoin.bytes", "6"));
        assertThat(unknown.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(unknown.errorMessage()).isEqualTo("retentoin.bytes: unknown key; did you mean retention.bytes?");
        assertThat(incremental(1, change(SET, "retention.ms", "soon")).errorCode())
                .isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(incremental(1, change(APPEND, "retention.ms", "5")).errorCode())
                .isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(incremental(1, change(SET, "retention.ms", null)).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(incremental(1, change((byte) 9, "retention.ms", "5")).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(incremental(1, (byte) 2, "not-there", false, change(SET, "retention.ms", "5"))
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(incremental(1, (byte) 32, "g", false, change(SET, "consumer.session.timeout.ms", "50000"))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(fixture.node.image.topics.get("orders").configs()).isEmpty();
        assertThat(fixture.controller.asked).as("none of them got so far").isEmpty();
    }

    @Test
    void validateOnlyChangesNothing() throws Exception {
        assertThat(incremental(1, (byte) 2, "orders", true, change(SET, "retention.ms", "5"))
                        .errorCode())
                .isZero();
        assertThat(fixture.node.image.topics.get("orders").configs()).isEmpty();
    }

    @Test
    void brokersAreChangedOneByOneOrAllAtOnce() throws Exception {
        assertThat(incremental(1, (byte) 4, "", false, change(SET, "log.retention.ms", "7000"))
                        .errorCode())
                .isZero();
        assertThat(key(describe(4, 2, "orders"), "retention.ms").value()).isEqualTo("7000");
        assertThat(key(describe(4, 2, "orders"), "retention.ms").configSource())
                .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER.code());

        assertThat(incremental(
                                1,
                                (byte) 4,
                                Integer.toString(FakeNode.ID),
                                false,
                                change(SET, "log.retention.ms", "8000"))
                        .errorCode())
                .isZero();
        assertThat(key(describe(4, 2, "orders"), "retention.ms").value()).isEqualTo("8000");
        assertThat(key(describe(4, 4, ""), "log.retention.ms").value()).isEqualTo("7000");

        assertThat(incremental(1, (byte) 4, "1", false, change(SET, "num.partitions", "3"))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(incremental(1, (byte) 4, "one", false, change(SET, "log.retention.ms", "3"))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(incremental(1, (byte) 4, "77", false, change(SET, "log.retention.ms", "3"))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void configResourcesAreListed() throws Exception {
        assertThat(list(1, List.of()))
                .extracting(ConfigResource::resourceName)
                .as("topic, broker, its loggers")
                .containsExactly("orders", "1", "1");
        assertThat(list(1, List.of((byte) 2)))
                .extracting(ConfigResource::resourceName)
                .containsExactly("orders");
        assertThat(list(0, List.of())).isEmpty();
    }

    private List<ConfigResource> list(int version, List<Byte> types) throws Exception {
        ListConfigResourcesResponseData response = fixture.call(
                new ListConfigResourcesRequestData().setResourceTypes(types),
                new ListConfigResourcesResponseData(),
                version);
        assertThat(response.errorCode()).isZero();
        return response.configResources();
    }

    @ParameterizedTest
    @ValueSource(bytes = {1, 3, 64})
    void unknownTypesOfResourcesAreNotListed(byte type) throws Exception {
        ListConfigResourcesResponseData response = fixture.call(
                new ListConfigResourcesRequestData().setResourceTypes(List.of(type)),
                new ListConfigResourcesResponseData(),
                1);

        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }
}
