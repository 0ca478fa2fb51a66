/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SluiceNodeTest {
    @TempDir
    Path data;

    @Test
    void servesATopicAndRemembersItAfterARestart() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 3);
        assertThat(append(node.leader(topic.id(), 1), "hello", "world"))
                .isInstanceOfSatisfying(AppendResult.Appended.class, appended -> {
                    assertThat(appended.baseOffset()).isZero();
                    assertThat(appended.lastOffset()).isEqualTo(1);
                });
        await(node.stop());

        // When
        SluiceNode again = start(data);

        // Then
        assertThat(again.metadata().topic("orders"))
                .hasValueSatisfying(known -> assertThat(known.id()).isEqualTo(topic.id()));
        PartitionHandle leader = again.leader(topic.id(), 1);
        assertThat(leader.leaderEpoch()).isEqualTo(1);
        assertThat(values(leader)).containsExactly("hello", "world");
        await(again.stop());
    }

    static SluiceNode start(Path data) throws Exception {
        return await(SluiceNode.start(NodeOptions.of(BrokerSettings.defaults(), data)));
    }

    static TopicResult create(SluiceNode node, String name, int partitions) throws Exception {
        List<TopicResult> results = await(node.controller()
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1, List.of(), Map.of())), false, 30_000));
        assertThat(results).hasSize(1);
        assertThat(results.get(0).error()).as(results.toString()).isEqualTo(ErrorCode.NONE);
        return results.get(0);
    }

    static AppendResult append(PartitionHandle leader, String... values) throws Exception {
        BatchBuilder batch = BatchBuilder.create();
        for (String value : values) {
            batch = batch.add(1_000, null, value.getBytes(StandardCharsets.UTF_8));
        }
        CompletableFuture<AppendResult> result = new CompletableFuture<>();
        leader.append(batch.build(), AppendOrigin.CLIENT, (short) -1, 10_000, result::complete);
        return await(result);
    }

    static List<String> values(PartitionHandle leader) throws Exception {
        List<String> values = new ArrayList<>();
        LogView view = leader.view();
        LogSlice slice = view.read(view.logStartOffset(), 1 << 20, true, LogView.Bound.HIGH_WATERMARK);
        for (Record record : Records.in(slice.copy())) {
            values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
        slice.release();
        return values;
    }

    static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
