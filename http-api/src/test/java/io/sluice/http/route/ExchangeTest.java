/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.http.javadsl.model.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private enum Isolation {
        READ_COMMITTED,
        READ_UNCOMMITTED
    }

    private final Exchange exchange = new Exchange(
            HttpRequest.create("/"),
            action -> () -> {},
            Map.of("partition", "7", "other", "x7"),
            Map.of(
                    "limit",
                    "12",
                    "wait",
                    "soon",
                    "huge",
                    "99999999999999999999",
                    "isolation",
                    "read_uncommitted",
                    "flag",
                    "true"));

    @Test
    void whatIsNotGivenHasItsDefault() {
        assertThat(exchange.query("nope", 5, 0, 10)).isEqualTo(5);
        assertThat(exchange.query("nope", true)).isTrue();
        assertThat(exchange.query("nope", Isolation.READ_COMMITTED)).isEqualTo(Isolation.READ_COMMITTED);
        assertThat(exchange.query("nope")).isEmpty();
    }

    @Test
    void whatIsGivenIsRead() {
        assertThat(exchange.query("limit", 5, 0, 100)).isEqualTo(12);
        assertThat(exchange.query("flag", false)).isTrue();
        assertThat(exchange.query("isolation", Isolation.READ_COMMITTED)).isEqualTo(Isolation.READ_UNCOMMITTED);
        assertThat(exchange.pathNumber("partition", ProblemKind.UNKNOWN_PARTITION))
                .isEqualTo(7);
    }

    @Test
    void whatIsWrongIsSaidInOneSentence() {
        assertThatThrownBy(() -> exchange.query("wait", 5, 0, 100))
                .hasMessage("The parameter wait is \"soon\", it must be a whole number from 0 to 100.");
        assertThatThrownBy(() -> exchange.query("limit", 5, 0, 10))
                .hasMessage("The parameter limit is \"12\", it must be a whole number from 0 to 10.");
        assertThatThrownBy(() -> exchange.query("huge", 5, 0, 10)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> exchange.query("wait", Isolation.READ_COMMITTED))
                .hasMessage("The parameter wait is \"soon\", it must be read_committed or read_uncommitted.");
        assertThatThrownBy(() -> exchange.pathNumber("other", ProblemKind.UNKNOWN_PARTITION))
                .hasMessage("The other in the path is \"x7\", which is no number.")
                .extracting(failure -> ((ProblemException) failure).problem().kind())
                .isEqualTo(ProblemKind.UNKNOWN_PARTITION);
    }

    @Test
    void whatComesFromOutsideIsQuotedShortAndWithoutControlCharacters() {
        assertThat(Problem.quoted("a\nb\u0000")).isEqualTo("\"a?b?\"");
        assertThat(Problem.quoted("x".repeat(1_000))).hasSize(105).endsWith("...\"");
    }
}
