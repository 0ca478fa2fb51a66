/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementRuleTest {
    private final PlacementRule rule = new PlacementRule(List.of(3, 1), () -> List.of(List.of(1, 2), List.of(2, 1)));

    @Test
    void theFirstOfTheListThatLivesHasTheShard() {
        assertThat(rule.brokerOf("0", Set.of(1, 2))).hasValue(1);
        assertThat(rule.brokerOf("1", Set.of(1, 2))).hasValue(2);
        assertThat(rule.brokerOf("1", Set.of(1))).hasValue(1);
    }

    @Test
    void aBrokerThatIsNotOnTheListNeverHasIt() {
        assertThat(rule.brokerOf("0", Set.of(9))).isEmpty();
        assertThat(rule.brokerOf("77", Set.of(1, 2)))
                .as("a group that is not known yet")
                .isEmpty();
    }

    @Test
    void theMetadataIsPlacedByItsVoters() {
        assertThat(rule.brokerOf(EntityIds.METADATA_SHARD, Set.of(1, 2, 3))).hasValue(3);
    }
}
