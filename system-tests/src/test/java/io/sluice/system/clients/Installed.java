/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where install-clients.sh has put the clients, and where the small programs that use them are. */
final class Installed {
    private Installed() {}

    /** A folder that install-clients.sh made; a missing one fails the test that needs it. */
    static Path folder(String name) {
        Path folder = Path.of(System.getProperty("sluice.clients", "target/clients"), name)
                .toAbsolutePath();
        assertThat(Files.isDirectory(folder))
                .as("%s is there (system-tests/install-clients.sh makes it)", folder)
                .isTrue();
        return folder;
    }

    /** A file below {@code system-tests/clients}. */
    static Path program(String name) {
        return Path.of(System.getProperty("sluice.client.programs", "clients"), name)
                .toAbsolutePath();
    }
}
