/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.controller.ControllerAccess;
import io.sluice.cluster.controller.ControllerDirectory.Answer;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.controller.ControllerRequest.ReplicaReport;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.Reassignment;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.cluster.sharding.LocalPartitions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ReplicaReporterTest {
    private static final UUID TOPIC = new UUID(5, 5);

    /** What the controller was asked and has not answered yet. */
    private static final class Controller implements ControllerAccess {
        private final List<List<ReplicaReport>> reports = new ArrayList<>();
        private final Queue<CompletableFuture<?>> unanswered = new ArrayDeque<>();

        @Override
        public <R> CompletionStage<Answer<R>> ask(ControllerRequest<R> request, int timeoutMs) {
            reports.add(((ControllerRequest.ReportReplicas) request).reports());
            CompletableFuture<Answer<R>> answer = new CompletableFuture<>();
            unanswered.add(answer);
            return answer;
        }

        void answer() {
            unanswered.remove().complete(null);
        }
    }

    private final LocalPartitions partitions = new LocalPartitions();
    private final Controller controller = new Controller();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private final ReplicaReporter reporter = new ReplicaReporter(partitions, controller, () -> image, background::add);

    private static PartitionInfo settled(int partition) {
        return new PartitionInfo(partition, 0, List.of(1, 2, 3));
    }

    /** On its way from brokers 1 to 3 to 2 to 4. */
    private static PartitionInfo changing(int partition, int version) {
        return new PartitionInfo(
                partition,
                0,
                List.of(1, 2, 3),
                version,
                List.of(),
                new Reassignment(List.of(1, 2, 3), List.of(2, 3, 4)));
    }

    private void publish(PartitionInfo... infos) {
        ClusterImage before = image;
        List<PartitionInfo> made = new ArrayList<>();
        for (PartitionInfo info : infos) {
            made.add(settled(info.partition()));
        }
        image = ClusterImage.EMPTY.with(
                List.of(
                        new MetadataRecord.TopicCreated(TOPIC, "topic", false, made, Map.of()),
                        new MetadataRecord.PartitionsChanged(TOPIC, List.of(infos))),
                before.offset() + 2);
        reporter.changed(before, image);
    }

    private FakeLeader lead(int partition) {
        FakeLeader leader = new FakeLeader(TOPIC, partition);
        partitions.leads(leader);
        return leader;
    }

    private void run() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    @Test
    void whileNothingChangesNothingIsDone() {
        // Given
        lead(0).knows(0, 1, 2, 3);
        publish(settled(0));

        // When
        reporter.report();
        reporter.learned(lead(0));

        // Then
        assertThat(background).isEmpty();
        assertThat(controller.reports).isEmpty();
    }

    @Test
    void tellsWhoAcknowledgesWhereTheVersionIsInForce() {
        // Given
        lead(0).knows(2, 1, 2, 4);

        // When
        publish(changing(0, 2), settled(1));
        run();

        // Then
        assertThat(controller.reports).containsExactly(List.of(new ReplicaReport(TOPIC, 0, 2, List.of(1, 2, 4))));
    }

    @Test
    void aVersionThatIsNotInForceYetIsNoNews() {
        // Given
        lead(0).knows(1, 1, 2, 4);
        publish(changing(0, 2));
        run();
        assertThat(controller.reports).isEmpty();

        // When
        lead(0).knows(2, 1, 2);
        reporter.learned(null);
        run();

        // Then
        assertThat(controller.reports).containsExactly(List.of(new ReplicaReport(TOPIC, 0, 2, List.of(1, 2))));
    }

    @Test
    void whatIsLedElsewhereOthersReport() {
        // When
        publish(changing(0, 2));
        run();

        // Then
        assertThat(controller.reports).isEmpty();
    }

    @Test
    void newsDuringAReportMakeOneMore() {
        // Given: a report that has no answer yet
        FakeLeader leader = lead(0).knows(2, 1);
        publish(changing(0, 2));
        run();

        // When
        leader.knows(2, 1, 2);
        reporter.learned(leader);
        leader.knows(2, 1, 2, 4);
        reporter.learned(leader);
        run();
        assertThat(controller.reports).as("while one is under way").hasSize(1);
        controller.answer();
        run();

        // Then
        assertThat(controller.reports).hasSize(2);
        assertThat(controller.reports.get(1)).containsExactly(new ReplicaReport(TOPIC, 0, 2, List.of(1, 2, 4)));
        controller.answer();
        run();
        assertThat(controller.reports).as("without news").hasSize(2);
    }

    @Test
    void aLostReportIsMadeGoodByTheNext() {
        // Given
        lead(0).knows(2, 1, 4);
        publish(changing(0, 2));
        run();
        controller.unanswered.remove().completeExceptionally(new IllegalStateException("gone"));

        // When
        reporter.report();
        run();

        // Then
        assertThat(controller.reports).hasSize(2);
    }

    @Test
    void aReportIsNotLongerThanTheControllerTakes() {
        // Given
        PartitionInfo[] many = new PartitionInfo[1_200];
        for (int p = 0; p < many.length; p++) {
            many[p] = changing(p, 1);
            lead(p).knows(1, 1);
        }

        // When
        publish(many);
        run();

        // Then
        assertThat(controller.reports).hasSize(1);
        assertThat(controller.reports.get(0)).hasSize(1_000);
    }

    @Test
    void itEndsWithTheChange() {
        // Given
        lead(0).knows(2, 1, 4);
        publish(changing(0, 2));
        run();
        controller.answer();
        run();

        // When
        publish(settled(0));
        reporter.report();
        run();

        // Then
        assertThat(controller.reports).hasSize(1);
        assertThat(background).isEmpty();
    }
}
