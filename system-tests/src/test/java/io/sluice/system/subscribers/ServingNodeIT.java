/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.subscribers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import io.sluice.system.subscribers.SubscriberProcess.Said;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The node that serves a subscriber goes away, again and again: the subscriber goes on elsewhere, and every record comes exactly once, in order of each partition. */
@Tag("process")
@Tag("slow")
class ServingNodeIT {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 6;
    private static final int RECORDS = Integer.getInteger("sluice.records", 1_000_000);
    private static final int KILLS = Integer.getInteger("sluice.kills", 20);
    private static final int KILLS_OF_JAVA = Math.min(5, KILLS);

    private static final int WINDOW_OF_BROWSER = 1_000;
    private static final int WINDOW_OF_JAVA = 20_000;

    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final int RESUMED_WITHIN_MS = 1_000;
    private static final int RESUMED_AT_LATEST_MS = 3_000;
    private static final Duration SILENCE = Duration.ofSeconds(5);

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    Path folder;

    private final OpenSockets sockets = new OpenSockets();

    private TestCluster threeNodes() {
        return clusters.start(3, builder -> {});
    }

    private interface Start {
        SubscriberProcess reader(List<String> addresses) throws Exception;
    }

    @Test
    @Timeout(900)
    void aBrowserSeesEveryRecordOnceThoughItsNodeIsKilledTwentyTimes() throws Exception {
        killWhileItReads(
                nodes -> SubscriberProcess.javascript(folder, TOPIC, nodes), WINDOW_OF_BROWSER, RECORDS, KILLS);
    }

    @Test
    @Timeout(600)
    void sluiceClientSeesEveryRecordOnceThoughItsNodeIsKilled() throws Exception {
        killWhileItReads(
                nodes -> SubscriberProcess.java(TOPIC, nodes),
                WINDOW_OF_JAVA,
                RECORDS / KILLS * KILLS_OF_JAVA,
                KILLS_OF_JAVA);
    }

    /** @param window how many records may have been sent to it beyond those that it has delivered */
    private void killWhileItReads(Start start, int window, int records, int kills) throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dsluice.seed=" + seed + ")");
        var random = new Random(seed);
        long part = records / kills;
        TestCluster cluster = threeNodes();
        try (NumberedRecords all = NumberedRecords.create(cluster.bootstrap(), TOPIC, PARTITIONS, 3);
                SubscriberProcess reader = start.reader(
                        cluster.nodes().stream().map(TestNode::http).toList())) {
            all.allow(part);
            for (int kill = 1; kill <= kills; kill++) {
                // Given: one part of the records is there, and the next one is being appended
                long end = kill == kills ? records : kill * part;
                all.awaitAcknowledged(end);
                all.allow(kill + 1 >= kills ? records : end + part);
                TestNode serving = sockets.awaitServing(cluster);
                long before = end - part;

                // When
                reader.allow(end);
                reader.awaitCount(before + part / 10 + random.nextInt((int) part / 2));
                long had = reader.count();
                serving.kill();

                // Then
                assertThat(had + window)
                        .as("kill %d of %s is in the middle of %d to %d", kill, serving, before, end)
                        .isLessThan(end);
                reader.awaitCount(end);
                System.out.printf("kill %d: %s, after %d records%n", kill, serving, had);
                serving.start();
            }
            assertThat(reader.count()).as("records; %s", reader).isEqualTo(records);
        }
    }

    /** Nobody closes the connection, and nothing comes over it any more. */
    @Test
    @Timeout(300)
    void aNodeThatStandsStillIsLeftAndMayComeBackToLife() throws Exception {
        // Given
        TestCluster cluster = threeNodes();
        try (NumberedRecords live = NumberedRecords.create(cluster.bootstrap(), TOPIC, PARTITIONS, 3);
                SubscriberProcess reader = SubscriberProcess.javascript(
                        folder,
                        TOPIC,
                        cluster.nodes().stream().map(TestNode::http).toList(),
                        SILENCE)) {
            live.trickle(PAUSE);
            reader.allow(Long.MAX_VALUE >> 11);
            TestNode serving = sockets.awaitServing(cluster);
            reader.awaitCount(PARTITIONS * 100L);

            // When
            serving.pause();
            reader.awaitCount(reader.count() + PARTITIONS * 100L);
            List<Said> opened = reader.said("open");
            serving.resume();

            // Then
            System.out.printf(
                    "%s stood still: longest time without a record %d ms%n", serving, reader.longestSilenceMs());
            assertThat(opened).as("sockets of %s", reader).hasSizeGreaterThan(1);
            assertThat(opened.get(opened.size() - 1).text())
                    .as("the last socket")
                    .doesNotContain(serving.http().replace("http:", "ws:"));
            reader.awaitCount(live.stop() / 500 * 500);
        }
    }

    @Test
    @Timeout(300)
    void aNodeThatStopsSaysByeAndTheBrowserGoesOnElsewhereWithinASecond() throws Exception {
        stopWhileItReads(nodes -> SubscriberProcess.javascript(folder, TOPIC, nodes), (reader, others) -> {
            List<Said> byes = reader.frames("bye");
            assertThat(byes.get(byes.size() - 1).text()).as("where to go").contains(others);
            return byes;
        });
    }

    @Test
    @Timeout(300)
    void aNodeThatStopsSaysByeAndSluiceClientGoesOnElsewhereWithinASecond() throws Exception {
        stopWhileItReads(nodes -> SubscriberProcess.java(TOPIC, nodes), (reader, others) -> reader.said("lost").stream()
                .filter(lost -> lost.text().contains("good-bye"))
                .toList());
    }

    private interface Byes {
        /** Those that the reader has heard, the last of which names other nodes. */
        List<Said> heard(SubscriberProcess reader, List<String> others);
    }

    private void stopWhileItReads(Start start, Byes byes) throws Exception {
        // Given: a reader that knows one node, and records that come all the time
        TestCluster cluster = threeNodes();
        List<Long> resumed = new ArrayList<>();
        try (NumberedRecords live = NumberedRecords.create(cluster.bootstrap(), TOPIC, PARTITIONS, 3);
                SubscriberProcess reader = start.reader(List.of(cluster.node(1).http()))) {
            live.trickle(PAUSE);
            reader.allow(Long.MAX_VALUE >> 11);
            for (int stop = 1; stop <= cluster.nodes().size(); stop++) {
                TestNode serving = sockets.awaitServing(cluster);
                long had = reader.count();
                reader.awaitCount(had + PARTITIONS * 100L);
                reader.longestSilenceMs();

                // When
                assertThat(serving.stop()).as("exit code of %s", serving).isZero();
                reader.awaitCount(reader.count() + PARTITIONS * 100L);

                // Then
                List<Said> heard = byes.heard(
                        reader,
                        cluster.nodes().stream()
                                .filter(node -> node != serving)
                                .map(node -> node.http().replace("http:", "ws:") + "/v1/subscribe")
                                .toList());
                assertThat(heard).as("%s", reader).hasSize(stop);
                long tookMs = resumedAfter(reader, heard.get(stop - 1).ms());
                resumed.add(tookMs);
                System.out.printf(
                        "%s stopped: subscribed again %d ms after bye (open: %s); longest time without a record %d ms%n",
                        serving,
                        tookMs,
                        after(reader.said("open"), heard.get(stop - 1).ms()),
                        reader.longestSilenceMs());
                serving.start();
            }
            long count = live.stop();
            reader.awaitCount(count / 500 * 500);
        }
        // a machine on which each process waits for the others may be slow, but not for long
        assertThat(resumed).as("ms from bye to subscribed").allMatch(ms -> ms < RESUMED_AT_LATEST_MS);
        assertThat(resumed.stream().sorted().toList().get(resumed.size() / 2))
                .as("ms from bye to subscribed, the middle of %s", resumed)
                .isLessThan(RESUMED_WITHIN_MS);
    }

    /** When it was said, in milliseconds after another time. */
    private static List<Long> after(List<Said> said, long ms) {
        return said.stream()
                .map(one -> one.ms() - ms)
                .filter(later -> later >= 0)
                .toList();
    }

    private static long resumedAfter(SubscriberProcess reader, long byeMs) {
        return reader.frames("subscribed").stream()
                        .mapToLong(Said::ms)
                        .filter(ms -> ms >= byeMs)
                        .min()
                        .orElseThrow()
                - byeMs;
    }
}
