/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import io.sluice.cluster.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Supplier<Health> health;
    private final InstantSource clock;
    private final RewrittenFile file;
    private boolean ready;

    private HealthFile(Path folder, Supplier<Health> health, InstantSource clock) {
        this.health = health;
        this.clock = clock;
        this.file = RewrittenFile.start(
                folder.resolve(NAME), INTERVAL, this::text, "probes will take this broker for dead");
    }

    /** Writes into {@code folder} from now on until it is closed. */
    static HealthFile start(Path folder, Supplier<Health> health, InstantSource clock) {
        return new HealthFile(folder, health, clock);
    }

    private String text() {
        Health now = health.get();
        if (now.ready() != ready) {
            ready = now.ready();
            LOG.info("{}: {}", ready ? "ready" : "not ready", now.state());
        }
        return "written=" + clock.instant().getEpochSecond() + "\nready=" + (ready ? "yes" : "no") + "\nstate="
                + now.state() + "\n";
    }

    /** When it returns the file is gone. */
    @Override
    public void close() {
        file.close();
    }
}
