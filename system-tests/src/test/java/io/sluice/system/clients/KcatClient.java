/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** kcat: key and value from a line of standard input, headers from the command line, JSON out. */
final class KcatClient implements ClientDriver {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "kcat 1.7.1";
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
    public void produce(String bootstrap, String topic, Codec codec, List<SentRecord> records) {
        var command = Command.of("kcat", "-P", "-b", bootstrap, "-t", topic, "-K", "\t", "-z", codec.configName());
        command = command.with("-X", "acks=all", "-X", "linger.ms=5");
        for (var header : records.get(0).headers().entrySet()) {
            command = command.with("-H", header.getKey() + "=" + header.getValue());
        }
        command.run(records.stream().map(r -> r.key() + "\t" + r.value()).collect(Collectors.joining("\n", "", "\n")));
    }

    @Override
    public RunningConsumer consume(String bootstrap, String topic, String group) {
        var command = Command.of("kcat", "-b", bootstrap, "-J", "-u", "-X", "auto.offset.reset=earliest")
                .with("-X", "heartbeat.interval.ms=300", "-X", "session.timeout.ms=10000", "-G", group, topic);
        return new RunningConsumer(name(), command.start(), RunningConsumer.StoppedBy.SIGTERM, KcatClient::parse);
    }

    private static Stream<ReadRecord> parse(String line) {
        if (!line.startsWith("{")) {
            return Stream.empty();
        }
        try {
            JsonNode r = JSON.readTree(line);
            Map<String, String> headers = new LinkedHashMap<>();
            JsonNode flat = r.path("headers"); // name, value, name, value ..
            for (int i = 0; i + 1 < flat.size(); i += 2) {
                headers.put(flat.get(i).asText(), flat.get(i + 1).asText());
            }
            return Stream.of(new ReadRecord(
                    r.get("partition").asInt(),
                    r.get("offset").asLong(),
                    ReadRecord.text(r.get("key")),
                    ReadRecord.text(r.get("payload")),
                    r.get("ts").asLong(),
                    headers));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
