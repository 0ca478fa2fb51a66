/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/configuration.md} true. {@code -Dsluice.docs.write=true} writes its tables anew. */
class ConfigurationDocTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageSaysWhatTheCatalogSays() throws IOException {
        String page = Files.readString(PAGE);
        String expected = page;
        for (Map.Entry<String, String> table : tables().entrySet()) {
            String begin = "<!-- begin: " + table.getKey() + " -->\n";
            String end = "<!-- end: " + table.getKey() + " -->";
            assertThat(expected).contains(begin).contains(end);
            int from = expected.indexOf(begin) + begin.length();
            expected = expected.substring(0, from) + table.getValue() + expected.substring(expected.indexOf(end));
        }
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, expected);
        } else {
            assertThat(page).as("run this test with -Dsluice.docs.write=true").isEqualTo(expected);
        }
    }

    private static Map<String, String> tables() {
        return Map.of(
                "topic keys", table(ConfigCatalog.TOPIC, key -> key.effect() == Effect.ACTS && !key.hidden()),
                "topic keys without effect", list(ConfigCatalog.TOPIC, key -> key.effect() == Effect.NONE),
                "topic keys not supported", list(ConfigCatalog.TOPIC, key -> key.effect() == Effect.UNSUPPORTED),
                "broker keys", table(ConfigCatalog.BROKER, key -> key.effect() == Effect.ACTS && !own(key)),
                "sluice keys", table(ConfigCatalog.BROKER, ConfigurationDocTest::own),
                "broker keys without effect", list(ConfigCatalog.BROKER, key -> key.effect() == Effect.NONE),
                "broker keys not supported", list(ConfigCatalog.BROKER, key -> key.effect() == Effect.UNSUPPORTED));
    }

    private static boolean own(ConfigKey key) {
        return key.name().startsWith("sluice.") || key.name().equals("log.flush");
    }

    private static String table(ConfigKeys keys, Predicate<ConfigKey> which) {
        return "| key | default | must be | while running | meaning |\n|---|---|---|---|---|\n"
                + keys.all().stream()
                        .filter(which)
                        .map(key -> "| `" + key.name() + "` | " + defaultOf(key) + " | " + key.allowedInWords() + " | "
                                + (key.dynamic() ? "yes" : "no") + " | " + key.meaning() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String defaultOf(ConfigKey key) {
        if (key.defaultValue() == null) {
            return "none";
        }
        return key.defaultValue().isEmpty() ? "empty" : "`" + key.defaultValue() + "`";
    }

    private static String list(ConfigKeys keys, Predicate<ConfigKey> which) {
        return keys.all().stream()
                .filter(which)
                .map(key -> "`" + key.name() + "`")
                .collect(Collectors.joining(",\n", "", "\n"));
    }
}
