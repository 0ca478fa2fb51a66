/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginRuleTest {
    private final OriginRule rule = new OriginRule(Set.of("https://app.example"));

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "http://localhost:8080, localhost:8080, true",
        "http://LOCALHOST:8080, localhost:8080, true",
        "http://sluice.example, sluice.example, true",
        "http://sluice.example, sluice.example:80, true",
        "https://sluice.example, sluice.example, true",
        "http://[::1]:8080, [::1]:8080, true",
        "https://app.example, sluice.example, true",
        "http://localhost:8081, localhost:8080, false",
        "http://localhost, localhost:8080, false",
        "http://evil.example, sluice.example, false",
        "http://sluice.example.evil, sluice.example, false",
        "http://app.example, sluice.example, false",
        "null, sluice.example, false",
        "not a uri, sluice.example, false",
        "http://sluice.example, , false"
    })
    void aPageMayConnectToItsOwnHostAndWhereItIsAllowed(String origin, String host, boolean allowed) {
        assertThat(rule.allows(origin, host)).isEqualTo(allowed);
    }

    @Test
    void whoSendsNoOriginIsNoBrowser() {
        assertThat(rule.allows(null, "localhost")).isTrue();
    }

    @Test
    void aStarAllowsAll() {
        assertThat(new OriginRule(Set.of("*")).allows("http://evil.example", "localhost"))
                .isTrue();
    }
}
