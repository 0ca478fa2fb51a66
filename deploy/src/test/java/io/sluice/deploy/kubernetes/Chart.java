/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The chart in {@code deploy/helm/sluice}, rendered by Helm's own library. */
final class Chart {
    static final Path FOLDER = deploy().resolve("helm/sluice");

    private Chart() {}

    /** This module's folder, wherever tests are started. */
    static Path deploy() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("deploy") ? here : here.resolve("deploy");
    }

    /** As {@code helm template NAME -n sluice -f -}, with {@code values} as a YAML file. */
    static String render(String name, String values) throws IOException {
        needsHelm();
        Path file = Files.createTempFile("values", ".yaml");
        try {
            Files.writeString(file, values);
            return new Helm(FOLDER)
                    .template()
                    .withName(name)
                    .withNamespace("sluice")
                    .withKubeVersion("1.31.0")
                    .withValuesFile(file)
                    .call();
        } finally {
            Files.delete(file);
        }
    }

    /** Helm's library comes as native code for Linux on x86; the chart is checked wherever CI runs. */
    static void needsHelm() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the chart is rendered on Linux on x86 only");
    }
}
