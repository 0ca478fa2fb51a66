/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Kafka's VerifiableProducer and VerifiableConsumer. The producer makes its own records, {@code PREFIX.0}, {@code PREFIX.1}
 * and so on with keys that repeat, so the records asked for are adapted to those.
 */
final class VerifiableClient implements ClientDriver {
    private static final int KEYS = 7;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "verifiable producer and consumer 4.3.1";
    }

    @Override
    public List<Codec> codecs() {
        return List.of(Codec.values());
    }

    @Override
    public Set<Trait> traits() {
        return EnumSet.of(Trait.KEYS, Trait.READS_ONCE);
    }

    @Override
    public List<SentRecord> adapt(List<SentRecord> records) {
        int prefix = records.get(0).sequence();
        return IntStream.range(0, records.size())
                .mapToObj(i -> new SentRecord(
                        prefix + i,
                        Integer.toString(i % KEYS),
                        prefix + "." + i,
                        records.get(i).timestampMs(),
                        Map.of()))
                .toList();
    }

    @Override
    public void produce(String bootstrap, String topic, Codec codec, List<SentRecord> records) {
        try {
            Path config = Files.createTempFile("verifiable-producer", ".properties");
            Files.writeString(config, "compression.type=" + codec.configName() + "\nlinger.ms=5\n");
            String prefix = Integer.toString(records.get(0).sequence());
            List<String> lines = Command.java("kafka-tools-4.3.1", "org.apache.kafka.tools.VerifiableProducer")
                    .with("--bootstrap-server", bootstrap, "--topic", topic, "--acks", "-1")
                    .with("--max-messages", Integer.toString(records.size()), "--value-prefix", prefix)
                    .with("--repeating-keys", Integer.toString(KEYS), "--command-config", config.toString())
                    .run("");
            Files.delete(config);
            assertThat(lines)
                    .as("acknowledgements of %s", name())
                    .filteredOn(line -> line.contains("producer_send_success"))
                    .hasSize(records.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public RunningConsumer consume(String bootstrap, String topic, String group) {
        var command = Command.java("kafka-tools-4.3.1", "org.apache.kafka.tools.VerifiableConsumer")
                .with("--bootstrap-server", bootstrap, "--topic", topic, "--group-id", group, "--verbose")
                .with("--session-timeout", "10000");
        return new RunningConsumer(name(), command.start(), RunningConsumer.StoppedBy.SIGTERM, VerifiableClient::parse);
    }

    private static Stream<ReadRecord> parse(String line) {
        if (!line.contains("\"record_data\"")) {
            return Stream.empty();
        }
        try {
            JsonNode r = JSON.readTree(line);
            return Stream.of(new ReadRecord(
                    r.get("partition").asInt(),
                    r.get("offset").asLong(),
                    ReadRecord.text(r.get("key")),
                    ReadRecord.text(r.get("value")),
                    null,
                    null));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
