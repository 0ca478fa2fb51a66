/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/compatibility.md} true. {@code -Dsluice.docs.write=true} writes its tables anew. */
class CompatibilityDocTest {
    private static final Path PAGE = Path.of("..", "docs", "compatibility.md");

    @Test
    void thePageSaysWhatTheBrokerAdvertises() throws Exception {
        Map<Short, ApiVersion> served = new TreeMap<>();
        try (AdminFixture fixture = new AdminFixture()) {
            fixture.call(new ApiVersionsRequestData(), new ApiVersionsResponseData(), 0)
                    .apiKeys()
                    .forEach(api -> served.put(api.apiKey(), api));
        }
        check(Map.of("served", servedTable(served), "not served", notServed(served)));
    }

    private static String servedTable(Map<Short, ApiVersion> served) {
        return "| key | API | versions | |\n|---|---|---|---|\n"
                + served.values().stream()
                        .map(api -> "| " + api.apiKey() + " | " + name(ApiMessageType.fromApiKey(api.apiKey())) + " | "
                                + range(api.minVersion(), api.maxVersion()) + " | "
                                + (all(api) ? "all" : "") + " |\n")
                        .collect(Collectors.joining());
    }

    private static boolean all(ApiVersion api) {
        ApiMessageType type = ApiMessageType.fromApiKey(api.apiKey());
        return api.minVersion() <= type.lowestSupportedVersion()
                && api.maxVersion() == type.highestSupportedVersion(false);
    }

    private static String range(short min, short max) {
        return min == max ? Short.toString(min) : min + "-" + max;
    }

    private static String notServed(Map<Short, ApiVersion> served) {
        List<ApiMessageType> missing = Stream.of(ApiMessageType.values())
                .filter(type -> type.listeners().contains(ListenerType.BROKER))
                .filter(type -> type.lowestSupportedVersion() <= type.highestSupportedVersion(false))
                .filter(type -> !served.containsKey(type.apiKey()))
                .sorted(Comparator.comparing(ApiMessageType::apiKey))
                .toList();
        return missing.stream()
                .map(type -> name(type) + " (" + type.apiKey() + ")")
                .collect(Collectors.joining(",\n", "", "\n"));
    }

    private static String name(ApiMessageType type) {
        return Stream.of(type.name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static void check(Map<String, String> tables) throws IOException {
        String page = Files.readString(PAGE);
        String expected = page;
        for (Map.Entry<String, String> table : tables.entrySet()) {
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
}
