/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.ordered;
import static io.sluice.deploy.command.TopicsCommand.plural;

import io.sluice.log.LogCorruptException;
import io.sluice.log.dump.IndexDump;
import io.sluice.log.dump.LogDump;
import io.sluice.log.file.NioLogFiles;
import io.sluice.log.producer.ProducerSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice log ...}: looks into the files of a partition, without a broker and without changing anything. */
@Command(name = "log", description = "Look into the files of a log.")
final class LogCommand {
    /** A batch that grows to more is shown without its records. */
    private static final int DECOMPRESSED_BYTES_MAX = 256 << 20;

    private final LogDump dump = new LogDump(new NioLogFiles(), DECOMPRESSED_BYTES_MAX);

    @Command(
            description =
                    "Show offsets, batches and the state of their CRCs in a file, or in all segments of a partition's folder. Exit code 1 if something is damaged.")
    int dump(
            @Mixin Output output,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "1..*",
                            description =
                                    "A .log, .index or .snapshot file, leader-epochs, cleaner-checkpoint, or a folder.")
                    List<Path> files,
            @Option(
                            names = {"-r", "--records"},
                            description = "The records in the batches too.")
                    boolean records)
            throws IOException {
        boolean damaged = false;
        for (Path file : withSegmentsOfFolders(files)) {
            try {
                damaged |= !dumpOne(output, file, records);
            } catch (LogCorruptException e) {
                throw CommandFailure.failed(e.getMessage(), e);
            } catch (IOException e) {
                throw CommandFailure.failed("can't read " + file + ": " + Connection.reason(e), e);
            }
        }
        return damaged ? CommandFailure.FAILED : 0;
    }

    private static List<Path> withSegmentsOfFolders(List<Path> files) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isDirectory(file)) {
                all.add(file);
                continue;
            }
            int before = all.size();
            try (Stream<Path> inside = Files.list(file)) {
                inside.filter(each -> LogDump.Kind.of(each) == LogDump.Kind.SEGMENT)
                        .sorted()
                        .forEach(all::add);
            }
            if (all.size() == before) {
                throw CommandFailure.failed("there is no segment (.log) in " + file);
            }
        }
        return all;
    }

    /** Whether all is whole. */
    private boolean dumpOne(Output output, Path file, boolean records) throws IOException {
        switch (LogDump.Kind.of(file)) {
            case SEGMENT:
                return segment(output, file, records);
            case INDEX:
                index(output, dump.index(file));
                return true;
            case PRODUCER_SNAPSHOT:
                producers(output, dump.producers(file));
                return true;
            case LEADER_EPOCHS:
                leaderEpochs(output, file);
                return true;
            case CLEANER_CHECKPOINT:
                long dirty = dump.cleanerCheckpoint(file).firstDirtyOffset();
                if (!output.printedJson(ordered("firstDirtyOffset", dirty))) {
                    output.say("compacted up to offset " + dirty);
                }
                return true;
            default:
                throw CommandFailure.usage(
                        file
                                + " is no file of a log: they are *.log, *.index, *.snapshot, leader-epochs and cleaner-checkpoint");
        }
    }

    private boolean segment(Output output, Path file, boolean records) throws IOException {
        SegmentPrinter printer = new SegmentPrinter(output.out(), output.isJson(), records);
        long size = Files.size(file);
        output.say(file + "  (" + Table.bytes(size) + ")");
        try (ProgressLine progress = ProgressLine.besideOutput()) {
            dump.segment(file, records, entry -> {
                printer.print(entry);
                if (progress.due()) {
                    progress.show(file.getFileName() + ": " + entry.position() * 100 / size + " %");
                }
                if (printer.batches() % 1024 == 0 && output.out().checkError()) {
                    throw new UncheckedIOException(new IOException("nobody reads the output"));
                }
            });
        } catch (UncheckedIOException closed) {
            return true;
        }
        output.say(plural(printer.batches(), "batch", "batches") + ", " + plural(printer.records(), "record") + ", "
                + (printer.damages() == 0 ? "all whole" : plural(printer.damages(), "damaged place")));
        return printer.damages() == 0;
    }

    private static void index(Output output, IndexDump index) {
        Table table = new Table("OFFSET", "POSITION", "LARGEST TIMESTAMP BEFORE");
        List<Map<String, Object>> json = new ArrayList<>();
        for (IndexDump.Entry entry : index.entries()) {
            table.row(entry.offset(), entry.position(), time(entry.maxTimestampBeforeMs()));
            json.add(ordered(
                    "offset",
                    entry.offset(),
                    "position",
                    entry.position(),
                    "maxTimestampBefore",
                    entry.maxTimestampBeforeMs()));
        }
        output.say("index of the segment at offset " + index.baseOffset() + " with " + index.segmentBytes()
                + " bytes, largest timestamp " + time(index.maxTimestampMs()));
        output.print(
                ordered(
                        "baseOffset",
                        index.baseOffset(),
                        "segmentBytes",
                        index.segmentBytes(),
                        "maxTimestamp",
                        index.maxTimestampMs(),
                        "entries",
                        json),
                table,
                "no entries");
    }

    private static void producers(Output output, ProducerSnapshot snapshot) {
        Table table = new Table("PRODUCER", "EPOCH", "LAST SEQUENCE", "LAST OFFSET", "LAST SEEN");
        List<Map<String, Object>> json = new ArrayList<>();
        new TreeMap<>(snapshot.producers()).forEach((id, state) -> {
            table.row(id, state.epoch(), state.lastSequence(), state.lastOffset(), time(state.lastSeenMs()));
            json.add(ordered(
                    "producer",
                    id,
                    "epoch",
                    state.epoch(),
                    "lastSequence",
                    state.lastSequence(),
                    "lastOffset",
                    state.lastOffset(),
                    "lastSeen",
                    state.lastSeenMs()));
        });
        output.say("producers at log end offset " + snapshot.logEndOffset());
        output.print(ordered("logEndOffset", snapshot.logEndOffset(), "producers", json), table, "no producers");
    }

    private void leaderEpochs(Output output, Path file) throws IOException {
        Table table = new Table("EPOCH", "START OFFSET");
        List<Map<String, Object>> json = new ArrayList<>();
        dump.leaderEpochs(file).forEach(entry -> {
            table.row(entry.epoch(), entry.startOffset());
            json.add(ordered("epoch", entry.epoch(), "startOffset", entry.startOffset()));
        });
        output.print(json, table, "no epochs");
    }

    static String time(long timestampMs) {
        return timestampMs < 0 ? "none" : Instant.ofEpochMilli(timestampMs).toString();
    }
}
