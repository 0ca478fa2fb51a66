/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@SluiceTest(config = {"num.partitions=3", "auto.create.topics.enable=false"})
class SluiceTestIT {
    private static String ofTheClass;

    @BeforeAll
    static void before(@Bootstrap String bootstrap) {
        ofTheClass = bootstrap;
    }

    @Test
    void theAddressIsInjectedAndTheSettingsHold(@Bootstrap String bootstrap) throws Exception {
        assertThat(bootstrap).isEqualTo(ofTheClass).matches("127\\.0\\.0\\.1:\\d+");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var created = admin.createTopics(
                    List.of(new NewTopic("t", java.util.Optional.empty(), java.util.Optional.empty())));

            assertThat(created.numPartitions("t").get()).isEqualTo(3);
        }
    }

    @Test
    void theBrokerItselfIsInjected(SluiceBroker broker) {
        assertThat(broker.bootstrap()).isEqualTo(ofTheClass);
    }

    @Nested
    class InsideAnotherClass {
        @Test
        void theBrokerIsTheSame(SluiceBroker broker) {
            assertThat(broker.bootstrap()).isEqualTo(ofTheClass);
        }
    }

    @Nested
    @SluiceTest(brokerPerTest = true)
    class WithABrokerForEachTest {
        private static final Set<SluiceBroker> SEEN = new HashSet<>();

        @RepeatedTest(2)
        void eachTestHasItsOwn(SluiceBroker broker) throws Exception {
            assertThat(SEEN.add(broker)).isTrue();
            assertThat(broker.bootstrap()).isNotEqualTo(ofTheClass);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                assertThat(admin.listTopics().names().get()).isEmpty();
            }
        }
    }
}
