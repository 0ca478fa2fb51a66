/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private final RequestMemory memory = new RequestMemory(100, 100);
    private final List<String> granted = new ArrayList<>();

    private RequestMemory.Waiter waiter(String name) {
        return bytes -> granted.add(name + "=" + bytes);
    }

    @Test
    void whoWaitsIsServedInOrderOfArrival() {
        // Given
        assertThat(memory.reserve(80, waiter("first"))).isTrue();
        assertThat(memory.reserve(50, waiter("large"))).isFalse();
        assertThat(memory.reserve(10, waiter("small"))).as("must not overtake").isFalse();
        assertThat(memory.tryReserve(10)).as("must not overtake").isFalse();

        // When
        memory.release(20);
        assertThat(granted).isEmpty();
        memory.release(60);

        // Then
        assertThat(granted).containsExactly("large=50", "small=10");
        assertThat(memory.used()).isEqualTo(60);
    }

    @Test
    void whoHasGoneIsPassedOver() {
        // Given
        RequestMemory.Waiter gone = waiter("gone");
        memory.reserve(100, waiter("first"));
        memory.reserve(90, gone);
        memory.reserve(30, waiter("next"));

        // When
        assertThat(memory.cancel(gone)).isTrue();
        memory.release(100);

        // Then
        assertThat(granted).containsExactly("next=30");
        assertThat(memory.cancel(gone)).isFalse();
        assertThat(memory.waiting()).isZero();
    }

    @Test
    void theAllowanceGoesBeyondTheCapacity() {
        // Given
        memory.reserve(100, waiter("first"));
        assertThat(memory.scarce()).isTrue();

        // When
        memory.reserveAllowance(5);

        // Then
        assertThat(memory.used()).isEqualTo(105);
        assertThat(memory.tryReserve(1)).isFalse();
        memory.release(6);
        assertThat(memory.tryReserve(1)).isTrue();
    }

    @Test
    void largeRequestsDoNotKeepOutTheOthers() {
        // Given large requests that wait for more than there is
        int mib = 1 << 20;
        RequestMemory shared = new RequestMemory(100L * mib, 40 * mib);
        assertThat(shared.reserve(40 * mib, waiter("first"))).isTrue();
        assertThat(shared.reserve(40 * mib, waiter("second"))).isFalse();
        assertThat(shared.reserve(2 * mib, waiter("third"))).isFalse();

        // When others come
        int ordinary = 0;
        while (shared.tryReserve(mib)) {
            ordinary++;
        }

        // Then they have half
        assertThat(ordinary).isEqualTo(50);

        // And the large ones get theirs in turn
        shared.release(40 * mib);
        assertThat(granted).containsExactly("second=" + 40 * mib, "third=" + 2 * mib);
    }

    @Test
    void theEndOfTheFirstServesThoseBehindIt() {
        // Given one that waits for more than there is, and others behind it for whom there is room
        RequestMemory.Waiter gone = waiter("gone");
        memory.reserve(60, waiter("first"));
        memory.reserve(90, gone);
        memory.reserve(30, waiter("next"));
        memory.reserve(20, waiter("last"));

        // When
        assertThat(memory.cancel(gone)).isTrue();

        // Then
        assertThat(granted).containsExactly("next=30");
        assertThat(memory.used()).isEqualTo(90);
        assertThat(memory.waiting()).isEqualTo(1);
    }

    @Test
    void theOthersHaveEverythingOnceNoLargeRequestWaits() {
        // Given a large request that waits, and others that have the half that is theirs meanwhile
        int mib = 1 << 20;
        RequestMemory shared = new RequestMemory(100L * mib, 40 * mib);
        RequestMemory.Waiter large = waiter("large");
        for (int i = 0; i < 90; i++) {
            assertThat(shared.tryReserve(mib)).isTrue();
        }
        assertThat(shared.reserve(40 * mib, large)).isFalse();
        assertThat(shared.reserve(mib, waiter("small"))).isFalse();
        assertThat(granted).isEmpty();

        // When
        shared.cancel(large);

        // Then
        assertThat(granted).containsExactly("small=" + mib);
    }

    @Test
    void aLongQueueOfThoseWhoHaveGoneIsClearedInOnePass() {
        // Given
        int waiters = 2_000;
        List<RequestMemory.Waiter> queue = new ArrayList<>();
        memory.reserve(100, waiter("first"));
        for (int i = 0; i < waiters; i++) {
            RequestMemory.Waiter gone = waiter("gone " + i);
            queue.add(gone);
            assertThat(memory.reserve(100, gone)).isFalse();
        }
        memory.reserve(100, waiter("alive"));

        // When
        queue.forEach(gone -> assertThat(memory.cancel(gone)).isTrue());
        memory.release(100);

        // Then
        assertThat(granted).containsExactly("alive=100");
        assertThat(memory.used()).isEqualTo(100);
    }
}
