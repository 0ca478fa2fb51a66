/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.cluster.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells probes how the broker is, without a port and without starting a JVM: a small file in the data directory, written every second, that
 * {@code bin/sluice-health} reads. A file that has not been written for a while means that the process is not alive.
 *
 * <pre>
 *   written=1795242000        seconds since 1970
 *   ready=yes                 yes | no
 *   state=leads 12 partitions and follows 24
 * </pre>
 */
final class HealthFile implements AutoCloseable {
    static final String NAME = "health";

    private static final Logger LOG = LoggerFactory.getLogger(HealthFile.class);

    private final Path file;
    private final Path next;
    private final Supplier<Health> health;
    private final InstantSource clock;
    private final ScheduledExecutorService writer;
    private boolean ready;
    private boolean failed;

    private HealthFile(Path folder, Supplier<Health> health, InstantSource clock) {
        this.file = folder.resolve(NAME);
        this.next = folder.resolve(NAME + ".next");
        this.health = health;
        this.clock = clock;
        this.writer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Writes into {@code folder} from now on until it is closed. */
    @SuppressWarnings("FutureReturnValueIgnored") // writing says itself what went wrong
    static HealthFile start(Path folder, Supplier<Health> health, InstantSource clock) {
        HealthFile file = new HealthFile(folder, health, clock);
        file.writer.scheduleWithFixedDelay(file::write, 0, 1, TimeUnit.SECONDS);
        return file;
    }

    private void write() {
        try {
            Health now = health.get();
            if (now.ready() != ready) {
                ready = now.ready();
                LOG.info("{}: {}", ready ? "ready" : "not ready", now.state());
            }
            String text = "written=" + clock.instant().getEpochSecond() + "\nready=" + (ready ? "yes" : "no")
                    + "\nstate=" + now.state() + "\n";
            Files.write(next, text.getBytes(UTF_8));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            failed = false;
        } catch (IOException | RuntimeException failure) {
            if (!failed) {
                failed = true;
                LOG.warn("{} can't be written, so probes will take this broker for dead: {}", file, failure.toString());
            }
        }
    }

    /** When it returns the file is gone. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
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
