/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code SluiceClient} as programs of users have it: its jar and the one that it needs. */
public final class ClientLibrary {
    private ClientLibrary() {}

    /** A class path: the jar below {@code -Dsluice.client}, by default as {@code client/} has built it, and reactive-streams. */
    public static String classPath() throws IOException {
        Path built = Path.of(System.getProperty("sluice.client", "../client/target"));
        Path libraries = SluiceProcess.launcher().getParent().resolveSibling("lib");
        return jar(built, "sluice-client-")
                + System.getProperty("path.separator")
                + jar(libraries, "reactive-streams-");
    }

    private static Path jar(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String jar = file.getFileName().toString();
                        return jar.startsWith(name) && jar.matches(".*-[0-9.]+\\.jar");
                    })
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + name + "VERSION.jar in "
                            + folder.toAbsolutePath() + ": `mvn package -Pquick` makes it"))
                    .toAbsolutePath();
        }
    }
}
