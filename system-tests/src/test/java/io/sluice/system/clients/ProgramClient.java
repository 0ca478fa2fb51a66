/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;

/** A client library, driven by its small program below {@code system-tests/clients}: JSON lines in, JSON lines out. */
record ProgramClient(String name, Command program, List<Codec> codecs, Set<Trait> traits) implements ClientDriver {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void createTopic(String bootstrap, String topic) {
        program.with("create", bootstrap, topic, "3").run("");
    }

    @Override
    public void produce(String bootstrap, String topic, Codec codec, List<SentRecord> records) {
        String lines = records.stream().map(ProgramClient::toJson).collect(Collectors.joining("\n", "", "\n"));
        List<String> acks =
                program.with("produce", bootstrap, topic, codec.configName()).run(lines);
        Assertions.assertThat(acks).as("acknowledgements of %s", name).isNotEmpty();
    }

    @Override
    public RunningConsumer consume(String bootstrap, String topic, String group) {
        return new RunningConsumer(
                name,
                program.with("consume", bootstrap, topic, group).start(),
                RunningConsumer.StoppedBy.END_OF_INPUT,
                ProgramClient::parse);
    }

    static Stream<ReadRecord> parse(String line) {
        if (!line.startsWith("{")) {
            return Stream.empty();
        }
        try {
            return Stream.of(ReadRecord.fromJson(JSON.readTree(line)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String toJson(SentRecord r) {
        Map<String, Object> line = new HashMap<>();
        line.put("k", r.key());
        line.put("v", r.value());
        line.put("t", r.timestampMs());
        line.put("h", r.headers());
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
