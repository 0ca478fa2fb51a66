/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Tells one run of the kernel from another: what a process has written survives its own death, and not that of the kernel. */
final class BootId {
    /** Overrides what the system says, for tests of what follows a power loss. */
    private static final String PROPERTY = "sluice.boot.id";

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /** Where the system does not tell, one that no other start has: nothing unforced is trusted then. */
    static UUID read() {
        String given = System.getProperty(PROPERTY);
        if (given != null) {
            return UUID.nameUUIDFromBytes(given.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return UUID.fromString(Files.readString(LINUX).strip());
        } catch (IOException | IllegalArgumentException notLinux) {
            return firstProcess().orElseGet(UUID::randomUUID);
        }
    }

    /** Elsewhere the first process is as old as the kernel's run. */
    private static Optional<UUID> firstProcess() {
        return ProcessHandle.of(1)
                .flatMap(first -> first.info().startInstant())
                .map(Instant::toString)
                .map(start -> UUID.nameUUIDFromBytes(start.getBytes(StandardCharsets.UTF_8)));
    }
}
