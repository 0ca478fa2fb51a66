/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathTemplateTest {
    private final PathTemplate template = PathTemplate.of("/v1/topics/{topic}/partitions/{partition}");

    @Test
    void variablesAreTakenOutOfAPathThatFits() {
        assertThat(template.variables()).containsExactly("topic", "partition");
        assertThat(template.match(List.of("v1", "topics", "orders", "partitions", "3"))
                        .orElseThrow())
                .containsEntry("topic", "orders")
                .containsEntry("partition", "3");
    }

    @Test
    void anotherPathDoesNotFit() {
        assertThat(template.match(List.of("v1", "topics", "orders", "partitions")))
                .isEmpty();
        assertThat(template.match(List.of("v1", "topics", "orders", "replicas", "3")))
                .isEmpty();
        assertThat(template.match(List.of("v1", "topics", "orders", "partitions", "3", "records")))
                .isEmpty();
        assertThat(template.match(List.of())).isEmpty();
    }

    @Test
    void aVariableMayBeNamedAsAFixedPartOfAnotherPath() {
        PathTemplate fixed = PathTemplate.of("/health/live");

        assertThat(fixed.match(List.of("health", "live"))).contains(java.util.Map.of());
        assertThat(fixed.match(List.of("health", "LIVE"))).isEmpty();
    }
}
