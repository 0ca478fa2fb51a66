/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Question;
import io.sluice.actors.replication.RemoteLogs.When;
import io.sluice.actors.subscription.PartitionDirectory;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView.Bound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lags of groups whose partitions another broker leads. */
class GroupLagsTest {
    private static final int LEADER = 7;
    private static final long START = 10;
    private static final long STABLE = 90;
    private static final long HIGH = 100;
    private static final long NOW_MS = 1_790_000_000_000L;

    /** The topic orders with four partitions, all led by {@link #LEADER}. */
    private static final class Directory implements PartitionDirectory {
        @Override
        public Topic topic(String name) {
            return name.equals("orders") ? new Topic(FakeCoordinators.ORDERS, name, 4) : null;
        }

        @Override
        public boolean exists(UUID topicId) {
            return true;
        }

        @Override
        public PartitionHandle handle(UUID topicId, int partition) {
            return null;
        }

        @Override
        public boolean isPlacedHere(UUID topicId, int partition) {
            return false;
        }

        @Override
        public Leader leader(UUID topicId, int partition) {
            return new Leader(LEADER, 1);
        }
    }

    private final FakeCoordinators coordinators = new FakeCoordinators();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ErrorCode leaderSays = ErrorCode.NONE;
    private boolean timesFail;

    /** What was asked for its time. */
    private final List<String> times = new ArrayList<>();

    private GroupLags lags(int partitionsMax) {
        return new GroupLags(
                coordinators,
                new Backlogs(new Directory(), this::ask, Runnable::run),
                registry,
                () -> Instant.ofEpochMilli(NOW_MS),
                new GroupLags.Limits(partitionsMax, 10_000));
    }

    private CompletableFuture<Answer> ask(int broker, Question question) {
        assertThat(broker).isEqualTo(LEADER);
        long end = question.bound() == Bound.HIGH_WATERMARK ? HIGH : STABLE;
        long found = Answer.NOT_FOUND;
        if (question instanceof When when) {
            times.add(when.key().partition() + "@" + when.offset());
            found = NOW_MS - 1_000 * (HIGH - Math.max(START, when.offset()));
        }
        boolean told = leaderSays == ErrorCode.NONE && !(question instanceof When && timesFail);
        return CompletableFuture.completedFuture(
                told
                        ? new Answer(ErrorCode.NONE, 1, START, end, HIGH, found, null, () -> {})
                        : Answer.failed(leaderSays == ErrorCode.NONE ? ErrorCode.KAFKA_STORAGE_ERROR : leaderSays));
    }

    /** Values by group and partition. */
    private Map<String, Double> published(String name) {
        Map<String, Double> values = new TreeMap<>();
        for (Gauge gauge : registry.find(name).gauges()) {
            values.put(gauge.getId().getTag("group") + "-" + gauge.getId().getTag("partition"), gauge.value());
        }
        return values;
    }

    @Test
    void aLagIsWhatLiesBetweenTheCommittedOffsetAndTheEnd() {
        coordinators.commit("billing", 0, 60);
        coordinators.commit("billing", 1, HIGH);
        coordinators.commit("billing", 2, STABLE + 5);
        coordinators.commit("mail", 0, 3);

        lags(100).look();

        assertThat(published("sluice.group.lag"))
                .as("what is deleted below the log's start can't be consumed any more")
                .isEqualTo(Map.of("billing-0", 40.0, "billing-1", 0.0, "billing-2", 5.0, "mail-0", 90.0));
        assertThat(published("sluice.group.lag.stable"))
                .isEqualTo(Map.of("billing-0", 30.0, "billing-1", 0.0, "billing-2", 0.0, "mail-0", 80.0));
        assertThat(registry.get("sluice.group.lag.partitions").gauge().value()).isEqualTo(4);
        assertThat(registry.get("sluice.group.lag.omitted").gauge().value()).isZero();
    }

    @Test
    void aLagInSecondsIsTheAgeOfTheFirstRecordThatIsNotConsumed() {
        coordinators.commit("billing", 0, 60);
        coordinators.commit("billing", 1, HIGH);
        coordinators.commit("mail", 0, 3);

        lags(100).look();

        assertThat(published("sluice.group.lag.time"))
                .isEqualTo(Map.of("billing-0", 40.0, "billing-1", 0.0, "mail-0", 90.0));
        assertThat(times).as("nobody is behind in partition 1").containsExactlyInAnyOrder("0@60", "0@3");
    }

    @Test
    void aTimeIsAskedForOnlyWhereAGroupHasMoved() {
        coordinators.commit("billing", 0, 60);
        coordinators.commit("billing", 2, 70);
        coordinators.commit("mail", 0, 60);
        GroupLags lags = lags(100);
        lags.look();
        assertThat(times).as("the same place of two groups").containsExactlyInAnyOrder("0@60", "2@70");
        times.clear();
        coordinators.commit("billing", 2, 80);

        lags.look();

        assertThat(times).containsExactly("2@80");
        assertThat(published("sluice.group.lag.time"))
                .isEqualTo(Map.of("billing-0", 40.0, "billing-2", 20.0, "mail-0", 40.0));
    }

    @Test
    void aTimeThatNobodyCanTellIsNoneRatherThanAWrongOne() {
        coordinators.commit("billing", 0, 60);
        timesFail = true;
        GroupLags lags = lags(100);

        lags.look();

        assertThat(published("sluice.group.lag")).isEqualTo(Map.of("billing-0", 40.0));
        assertThat(published("sluice.group.lag.time").get("billing-0")).isNaN();
        timesFail = false;
        lags.look();
        assertThat(published("sluice.group.lag.time")).isEqualTo(Map.of("billing-0", 40.0));
    }

    @Test
    void aGaugeChangesWithItsLagAndGoesWithIt() {
        coordinators.commit("billing", 0, 60);
        coordinators.commit("mail", 0, 60);
        GroupLags lags = lags(100);
        lags.look();
        coordinators.groups.remove("mail");
        coordinators.commit("billing", 0, 70);

        lags.look();

        assertThat(published("sluice.group.lag")).isEqualTo(Map.of("billing-0", 30.0));
        assertThat(published("sluice.group.lag.stable")).isEqualTo(Map.of("billing-0", 20.0));
    }

    @Test
    void noMorePartitionsThanAllowedAreShownAndHowManyMoreThereAreIsSaid() {
        for (int partition = 0; partition < 4; partition++) {
            coordinators.commit("a", partition, 60);
            coordinators.commit("b", partition, 60);
        }

        lags(5).look();

        assertThat(published("sluice.group.lag").keySet()).containsExactly("a-0", "a-1", "a-2", "a-3", "b-0");
        assertThat(registry.get("sluice.group.lag.omitted").gauge().value()).isEqualTo(3);
    }

    @Test
    void groupsThatAreNotEvenAskedCountAsOmitted() {
        for (int group = 0; group < 10; group++) {
            coordinators.commit("g" + group, 0, 60);
        }

        lags(4).look();

        assertThat(published("sluice.group.lag").keySet()).containsExactly("g0-0", "g1-0", "g2-0", "g3-0");
        assertThat(registry.get("sluice.group.lag.omitted").gauge().value()).isEqualTo(6);
    }

    @Test
    void aPartitionThatNobodyCanBeAskedAboutHasNoLagRatherThanAWrongOne() {
        coordinators.commit("billing", 0, 60);
        coordinators.groups.get("billing").put(new PartitionKey("deleted", 0), 5L);
        coordinators.commit("billing", 17, 60);
        GroupLags lags = lags(100);
        lags.look();
        assertThat(published("sluice.group.lag").keySet()).containsExactly("billing-0");
        leaderSays = ErrorCode.NOT_LEADER_OR_FOLLOWER;

        lags.look();

        assertThat(published("sluice.group.lag")).isEmpty();
    }

    @Test
    void whileACoordinatorLoadsTheLagsStayAsTheyWere() {
        coordinators.commit("billing", 0, 60);
        GroupLags lags = lags(100);
        lags.look();
        coordinators.listError = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        coordinators.commit("billing", 0, 80);
        lags.look();
        assertThat(published("sluice.group.lag")).isEqualTo(Map.of("billing-0", 40.0));
        coordinators.listError = ErrorCode.NONE;

        lags.look();

        assertThat(published("sluice.group.lag")).isEqualTo(Map.of("billing-0", 20.0));
    }
}
