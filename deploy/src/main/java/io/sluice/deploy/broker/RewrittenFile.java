/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file that is written anew now and then, as a whole: who reads it sees one state or the next, never half of one. It is gone when this is
 * closed, and stays after a kill.
 */
final class RewrittenFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RewrittenFile.class);
    private static final int LAST_WRITE_SECONDS_MAX = 5;

    private final Path file;
    private final Path next;
    private final Supplier<String> text;
    private final String consequence;
    private final ScheduledExecutorService writer;
    private boolean failed;

    private RewrittenFile(Path file, Supplier<String> text, String consequence) {
        this.file = file;
        this.next = file.resolveSibling(file.getFileName() + ".next");
        this.text = text;
        this.consequence = consequence;
        this.writer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, file.getFileName().toString());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Writes it now and from now on.
     *
     * @param text asked for each time, on a thread of this file's own
     * @param consequence of not being able to write it, for the log
     */
    @SuppressWarnings("FutureReturnValueIgnored") // writing says itself what went wrong
    static RewrittenFile start(Path file, Duration interval, Supplier<String> text, String consequence) {
        RewrittenFile rewritten = new RewrittenFile(file, text, consequence);
        rewritten.writer.scheduleWithFixedDelay(rewritten::write, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return rewritten;
    }

    private void write() {
        try {
            Files.write(next, text.get().getBytes(UTF_8));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            failed = false;
        } catch (IOException | RuntimeException failure) {
            if (!failed) {
                failed = true;
                LOG.warn("{} can't be written, so {}: {}", file, consequence, failure.toString());
            }
        }
    }

    /** When it returns the file is gone. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST_WRITE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("{} is still being written", file);
            }
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            LOG.warn("{} can't be removed: {}", file, failure.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
