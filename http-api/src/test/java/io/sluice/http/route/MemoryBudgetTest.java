/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final MemoryBudget budget = new MemoryBudget(100);
    private final List<Runnable> farewells = new ArrayList<>();
    private final Peer peer = action -> {
        farewells.add(action);
        return () -> farewells.remove(action);
    };

    @Test
    void whatIsGivenBackMayBeTakenAgain() {
        MemoryBudget.Hold hold = budget.hold(60, peer);
        assertThatThrownBy(() -> budget.hold(41, peer)).hasMessageContaining("sluice.http.memory.max.bytes");
        assertThat(budget.refused()).isEqualTo(1);

        hold.close();
        hold.close();

        assertThat(budget.used()).isZero();
        assertThat(farewells).isEmpty();
        budget.hold(100, peer);
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void aConnectionThatIsGoneHoldsNothing() {
        MemoryBudget.Hold hold = budget.hold(60, peer);

        farewells.get(0).run();
        hold.close();

        assertThat(budget.used()).isZero();
    }
}
