/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.jmh;

import io.sluice.log.LogContext;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** A temporary folder for a benchmark's log, and batches to fill it with. */
final class BenchFolder {
    private final Path path;

    BenchFolder() throws IOException {
        this.path = Files.createTempDirectory("sluice-jmh");
    }

    Path path() {
        return path;
    }

    void delete() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    static LogContext context() {
        return LogContext.of(new NioLogFiles(), InstantSource.system());
    }

    /** One batch in a direct buffer, as it comes from a connection. Values are words, so that codecs have something to do. */
    static ByteBuffer batch(Compression codec, int records, int valueBytes, int keys, Random random) {
        BatchBuilder builder = BatchBuilder.create().compression(codec);
        for (int i = 0; i < records; i++) {
            byte[] key = ("key-" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
            builder.add(System.currentTimeMillis(), key, words(valueBytes, random));
        }
        ByteBuffer batch = builder.build();
        return ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
    }

    private static byte[] words(int bytes, Random random) {
        StringBuilder text = new StringBuilder(bytes + 16);
        while (text.length() < bytes) {
            text.append("value").append(random.nextInt(10_000)).append(' ');
        }
        return text.substring(0, bytes).getBytes(StandardCharsets.UTF_8);
    }
}
