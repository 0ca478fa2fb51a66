/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.testing.Web;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/metrics.md} names all metrics of HTTP, and no other. */
class HttpMetricsDocIT {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(sluice\\.(?:http|websocket)\\.[a-z.]+)` \\|", Pattern.MULTILINE);

    @Test
    void thePageNamesEveryMetric(@TempDir Path data) throws Exception {
        Set<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            documented.add(row.group(1));
        }

        Set<String> published;
        try (Web web = Web.start(data, Map.of())) {
            published = web.meters.getMeters().stream()
                    .map(meter -> meter.getId().getName())
                    .filter(name -> name.startsWith("sluice.http.") || name.startsWith("sluice.websocket."))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        assertThat(published).isNotEmpty().containsExactlyInAnyOrderElementsOf(documented);
    }
}
