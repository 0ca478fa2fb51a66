/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.ordered;
import static io.sluice.deploy.command.TopicsCommand.plural;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice produce TOPIC [FILE]}: one record a line. {@code consume} gives back the same bytes: lines end at {@code \n} only (a {@code \r} is
 * part of the value), an empty line is an empty value, and a last line without {@code \n} is marked by the header {@value #UNTERMINATED}.
 */
@Command(
        name = "produce",
        description = "Write the lines of a file or of standard input to a topic, one record a line.")
final class ProduceCommand implements Callable<Integer> {
    /** Header of a record whose line did not end in a line feed: the last one of such a file. */
    static final String UNTERMINATED = "sluice.unterminated";

    private static final int MAX_LINE_BYTES = 256 << 20;

    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Made if it is not there and the broker allows it.")
    private String topic;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "Default, and \"-\": standard input.")
    private String file;

    @Option(
            names = {"-k", "--key-separator"},
            paramLabel = "TEXT",
            description = "What comes before the first TEXT of a line is the record's key.")
    private String keySeparator;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "A header of every record; may be repeated.")
    private Map<String, String> headers = Map.of();

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "CODEC",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd.")
    private String compression;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "Write to this partition only.")
    private Integer partition;

    @Option(
            names = "--null-value",
            paramLabel = "TEXT",
            description = "A value that is TEXT becomes a tombstone (no value).")
    private String nullValue;

    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long records;
    private long bytes;

    @Override
    public Integer call() throws Exception {
        if (!List.of("none", "gzip", "snappy", "lz4", "zstd").contains(compression)) {
            throw CommandFailure.usage("--compression: \"" + compression + "\" is not none, gzip, snappy, lz4 or zstd");
        }
        if (keySeparator != null && keySeparator.isEmpty()) {
            throw CommandFailure.usage("--key-separator: must not be empty");
        }
        long started = System.nanoTime();
        try (InputStream in = open();
                KafkaProducer<byte[], byte[]> producer = connection.producer(settings());
                ProgressLine progress = ProgressLine.onTerminal()) {
            sendAll(in, producer, progress);
            producer.flush();
            check();
            double seconds = (System.nanoTime() - started) / 1e9;
            if (!output.printedJson(ordered("topic", topic, "records", records, "bytes", bytes))) {
                progress.finish(String.format(
                        "%s (%s) to %s in %.1f s", plural(records, "record"), Table.bytes(bytes), topic, seconds));
            }
        }
        return 0;
    }

    private void sendAll(InputStream in, KafkaProducer<byte[], byte[]> producer, ProgressLine progress)
            throws Exception {
        Lines lines = new Lines(in, MAX_LINE_BYTES);
        while (true) {
            byte[] line = next(lines);
            if (line == null) {
                return;
            }
            check();
            long number = records + 1;
            ProducerRecord<byte[], byte[]> record = record(line, lines.terminated());
            Object unused = producer.send(record, (sent, thrown) -> {
                if (thrown != null) {
                    failure.compareAndSet(null, describe(number, line.length, thrown));
                }
            });
            records = number;
            bytes += line.length;
            if (progress.due()) {
                progress.show(plural(records, "record") + " (" + Table.bytes(bytes) + ") to " + topic);
            }
        }
    }

    private byte[] next(Lines lines) {
        try {
            return lines.next();
        } catch (IOException e) {
            throw CommandFailure.failed("line " + (records + 1) + ": " + Connection.reason(e), e);
        }
    }

    private void check() throws Exception {
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private Exception describe(long number, int length, Exception thrown) {
        String reason = thrown instanceof RecordTooLargeException
                ? plural(length, "byte") + " are more than the topic takes (max.message.bytes)"
                : Failures.line(thrown);
        return CommandFailure.failed("line " + number + " was not written to " + topic + ": " + reason, thrown);
    }

    private ProducerRecord<byte[], byte[]> record(byte[] line, boolean terminated) {
        byte[] key = null;
        byte[] value = line;
        if (keySeparator != null) {
            byte[] separator = keySeparator.getBytes(UTF_8);
            int at = indexOf(line, separator);
            if (at >= 0) {
                key = Arrays.copyOf(line, at);
                value = Arrays.copyOfRange(line, at + separator.length, line.length);
            }
        }
        if (nullValue != null && Arrays.equals(value, nullValue.getBytes(UTF_8))) {
            value = null;
        }
        List<Header> with = new ArrayList<>();
        headers.forEach((name, text) -> with.add(new RecordHeader(name, text.getBytes(UTF_8))));
        if (!terminated) {
            with.add(new RecordHeader(UNTERMINATED, new byte[0]));
        }
        return new ProducerRecord<>(topic, partition, key, value, with);
    }

    private InputStream open() {
        if (file == null || file.equals("-")) {
            return System.in;
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (IOException e) {
            throw CommandFailure.failed("can't read " + file + ": " + Connection.reason(e), e);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("acks", "all");
        settings.put("compression.type", compression);
        settings.put("linger.ms", 5);
        settings.put("batch.size", 128 << 10);
        settings.put("max.request.size", MAX_LINE_BYTES); // the broker's limit decides, not ours
        settings.put("buffer.memory", (long) MAX_LINE_BYTES + (64 << 20));
        return settings;
    }

    static int indexOf(byte[] line, byte[] separator) {
        for (int i = 0; i + separator.length <= line.length; i++) {
            if (Arrays.equals(line, i, i + separator.length, separator, 0, separator.length)) {
                return i;
            }
        }
        return -1;
    }
}
