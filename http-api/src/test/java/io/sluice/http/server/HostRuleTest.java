/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.config.BrokerSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page whose name was made to resolve to a node is kept out; whoever calls the node by its own name is not. */
class HostRuleTest {
    private final HostRule rule =
            new HostRule(Set.of("Console.example.org", "*.inside.example"), () -> List.of("broker-2.example.net"));

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "localhost, true",
        "LOCALHOST:8080, true",
        "app.localhost:8080, true",
        "127.0.0.1, true",
        "10.1.2.3:8080, true",
        "[::1], true",
        "[fd00::7]:8080, true",
        "sluice-1:8080, true",
        "sluice.prod.svc.cluster.local, true",
        "ip-10-0-0-7.ec2.internal:8080, true",
        "console.example.org, true",
        "CONSOLE.example.org.:443, true",
        "a.inside.example, true",
        "a.b.inside.example:8080, true",
        "broker-2.example.net:8080, true",
        "evil.example, false",
        "evil.example:8080, false",
        "evil.example.:8080, false",
        "inside.example, false",
        "evil-inside.example, false",
        "console.example.org.evil.example, false",
        "other.console.example.org, false",
        "127.0.0.1.evil.example, false",
        "localhost.evil.example, false",
        "local.evil, false",
        "1.2.3.4.5, false"
    })
    void onlyItsOwnNamesAndThoseThatNoStrangerCanHave(String host, boolean allowed) {
        assertThat(rule.test(host)).isEqualTo(allowed);
    }

    @Test
    void whoNamesNoHostIsNoBrowser() {
        assertThat(rule.test(null)).isTrue();
        assertThat(rule.test("")).isTrue();
    }

    @Test
    void aStarAllowsAll() {
        assertThat(new HostRule(Set.of("*"), List::of).test("evil.example")).isTrue();
    }

    @Test
    void allThatTheSettingsSayOfWhereTheNodeIsAreItsNames() {
        // When
        HostRule own = HostRule.of(
                BrokerSettings.parse(Map.of(
                        "listeners", "PLAINTEXT://kafka.example.net:9092",
                        "advertised.listeners", "PLAINTEXT://told.example.net:9092",
                        "sluice.http.listen", "http.example.net:8080",
                        "sluice.http.advertised", "web.example.net:80",
                        "sluice.http.hosts", "a.example.net, b.example.net:8080",
                        "sluice.cluster.listen", "akka.example.net:2551")),
                List::of);

        // Then
        assertThat(List.of("kafka", "told", "http", "web", "a", "b", "akka"))
                .allMatch(name -> own.test(name + ".example.net:1234"));
        assertThat(own.test("c.example.net")).isFalse();
        assertThat(HostRule.of(BrokerSettings.defaults(), List::of).test("evil.example"))
                .isFalse();
    }
}
