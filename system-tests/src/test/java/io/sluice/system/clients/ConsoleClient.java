/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** kafka-console-producer and kafka-console-consumer, with everything printed that they can print. */
final class ConsoleClient implements ClientDriver {
    private static final String PACKAGE = "org.apache.kafka.tools.";
    private static final Pattern LINE =
            Pattern.compile("CreateTime:(\\d+)\\|Partition:(\\d+)\\|Offset:(\\d+)\\|([^|]*)\\|([^|]*)\\|(.*)");

    @Override
    public String name() {
        return "console producer and consumer 4.3.1";
    }

    @Override
    public List<Codec> codecs() {
        return List.of(Codec.values());
    }

    @Override
    public Set<Trait> traits() {
        return EnumSet.of(Trait.KEYS, Trait.RECORD_HEADERS, Trait.READS_ONCE);
    }

    @Override
    public void produce(String bootstrap, String topic, Codec codec, List<SentRecord> records) {
        String lines = records.stream()
                .map(r -> r.headers().entrySet().stream()
                                .map(h -> h.getKey() + ":" + h.getValue())
                                .collect(Collectors.joining(","))
                        + "\t" + r.key() + "\t" + r.value())
                .collect(Collectors.joining("\n", "", "\n"));
        Command.java("kafka-tools-4.3.1", PACKAGE + "ConsoleProducer", "--bootstrap-server", bootstrap)
                .with("--topic", topic, "--compression-codec", codec.configName(), "--request-required-acks", "all")
                .with("--reader-property", "parse.key=true", "--reader-property", "parse.headers=true")
                .run(lines);
    }

    @Override
    public RunningConsumer consume(String bootstrap, String topic, String group) {
        var command = Command.java("kafka-tools-4.3.1", PACKAGE + "consumer.ConsoleConsumer")
                .with("--bootstrap-server", bootstrap, "--topic", topic, "--group", group)
                .with("--command-property", "auto.offset.reset=earliest")
                .with("--command-property", "heartbeat.interval.ms=300")
                .with("--formatter-property", "print.timestamp=true", "--formatter-property", "print.partition=true")
                .with("--formatter-property", "print.offset=true", "--formatter-property", "print.headers=true")
                .with("--formatter-property", "print.key=true", "--formatter-property", "key.separator=|")
                .with("--formatter-property", "headers.separator=,");
        return new RunningConsumer(name(), command.start(), RunningConsumer.StoppedBy.SIGTERM, ConsoleClient::parse);
    }

    private static Stream<ReadRecord> parse(String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            return Stream.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : m.group(4).split(",", -1)) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1));
        }
        return Stream.of(new ReadRecord(
                Integer.parseInt(m.group(2)),
                Long.parseLong(m.group(3)),
                m.group(5),
                m.group(6),
                Long.parseLong(m.group(1)),
                headers));
    }
}
