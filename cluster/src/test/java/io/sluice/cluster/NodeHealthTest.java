/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.config.BrokerSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeHealthTest {
    @TempDir
    private Path data;

    @Test
    void aNodeIsReadyFromItsStartToItsStop() throws Exception {
        SluiceNode node = SluiceNode.open(options(Map.of()));
        assertThat(node.health())
                .isEqualTo(
                        Health.notYet("not in the cluster: waits to be let in, or for a majority of the voters [1]"));

        SluiceNode.Address address = new SluiceNode.Address("127.0.0.1", 9092);
        await(node.enter(address, address));
        assertThat(node.health()).isEqualTo(Health.ready("leads 0 partitions and follows 0"));

        SluiceNodeTest.create(node, "orders", 3);
        Awaitility.await().untilAsserted(() -> assertThat(node.health())
                .isEqualTo(Health.ready("leads 3 partitions and follows 0")));

        await(node.stop());
        assertThat(node.health()).isEqualTo(Health.notYet("stops"));
    }

    @Test
    void aNodeThatNobodyLetsInIsNotReady() throws Exception {
        SluiceNode node = SluiceNode.open(
                options(Map.of("sluice.cluster.seeds", "127.0.0.1:1", "sluice.cluster.voters", "1,2,3")));
        try {
            SluiceNode.Address address = new SluiceNode.Address("127.0.0.1", 9092);
            CompletionStage<Void> entering = node.enter(address, address);

            assertThat(node.health().ready()).isFalse();
            assertThat(node.health().state()).endsWith("majority of the voters [1, 2, 3]");
            assertThat(entering.toCompletableFuture()).isNotDone();
        } finally {
            await(node.stop());
        }
    }

    private NodeOptions options(Map<String, String> settings) {
        return NodeOptions.of(BrokerSettings.parse(settings), data);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
