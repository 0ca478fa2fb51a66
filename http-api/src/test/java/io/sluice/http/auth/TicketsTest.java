/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.http.route.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final Principal ANN = new Principal("ann");

    private final AtomicLong nowMs = new AtomicLong(1_000);
    private final Tickets tickets = new Tickets(2, Duration.ofSeconds(10), () -> Instant.ofEpochMilli(nowMs.get()));

    private void assertNotGood(String ticket) {
        assertThatThrownBy(() -> tickets.redeem(ticket))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("The ticket is not good");
    }

    @Test
    void aTicketIsGoodOnce() {
        // Given
        String ticket = tickets.issue(ANN);

        // When
        Principal principal = tickets.redeem(ticket);

        // Then
        assertThat(principal).isEqualTo(ANN);
        assertNotGood(ticket);
        assertNotGood("made-up");
    }

    @Test
    void aTicketIsGoodForSeconds() {
        // Given
        String early = tickets.issue(ANN);
        nowMs.addAndGet(9_999);
        String late = tickets.issue(ANN);

        // When
        nowMs.addAndGet(1);

        // Then
        assertNotGood(early);
        assertThat(tickets.redeem(late)).isEqualTo(ANN);
    }

    @Test
    void thereAreOnlySoManyAndOldOnesDoNotCount() {
        // Given
        tickets.issue(ANN);
        tickets.issue(ANN);

        // When, Then
        assertThatThrownBy(() -> tickets.issue(ANN))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("sluice.http.tickets.max");
        nowMs.addAndGet(10_000);
        assertThat(tickets.issue(ANN)).matches("[A-Za-z0-9_-]{32}");
    }
}
