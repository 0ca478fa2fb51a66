/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whoever chooses an even number of replicas is told in the log what that costs. */
class EvenFactorTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(EvenFactor.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final ControllerCore core =
            new ControllerCore(new ControllerCoreTest.Rules(), new PartitionLimits(1_000, 2_000), () -> new UUID(0, 7));
    private ClusterImage image = ClusterImage.EMPTY;

    @BeforeEach
    void fiveBrokers() {
        log.start();
        logger.addAppender(log);
        run(new ControllerRequest.Bootstrap("c", 8, List.of(1, 2, 3, 4, 5)));
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
    }

    private <R> R run(ControllerRequest<R> request) {
        Decision<R> decision = core.decide(image, request, Placement.brokers(image));
        image = image.with(
                decision.records(), image.offset() + decision.records().size());
        return decision.answer();
    }

    private void create(int replicas, boolean validateOnly) {
        run(new ControllerRequest.CreateTopics(
                List.of(new NewTopic("orders", 1, (short) replicas, List.of(), Map.of())), validateOnly));
    }

    @Test
    void aTopicOfFourReplicasIsWarnedOf() {
        create(4, false);

        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage())
                    .isEqualTo(
                            "orders: with 4 replicas, 3 must hold a record before it is acknowledged, and it survives the"
                                    + " loss of 1, no more than with 3");
        });
    }

    @Test
    void oddNumbersAndQuestionsAreNot() {
        create(3, false);
        create(2, true);
        assertThat(log.list).isEmpty();
    }

    @Test
    void aReassignmentToAnEvenNumberIsWarnedOf() {
        create(3, false);
        run(new ControllerRequest.AlterReassignments(
                List.of(new ReassignmentChange("orders", 0, List.of(1, 2))), true));
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "orders-0: with 2 replicas, 2 must hold a record before it is acknowledged, and it survives"
                                + " the loss of 0, no more than with 1");
    }
}
