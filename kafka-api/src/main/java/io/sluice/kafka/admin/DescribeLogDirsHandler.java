/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;

/** The data directory: how large its partitions are, and how much room there is. The file system is asked off the event loop. */
final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {
    private final Node node;
    private final Executor blocking;
    private final Path directory;

    DescribeLogDirsHandler(HandlerServices services) {
        this.node = services.node();
        this.blocking = services.blocking();
        this.directory = node.settings().dataDirectory().toAbsolutePath().normalize();
    }

    @Override
    public short apiKey() {
        return 35;
    }

    @Override
    public CompletionStage<DescribeLogDirsResponseData> handle(
            RequestContext context, DescribeLogDirsRequestData request) {
        try {
            return CompletableFuture.supplyAsync(() -> describe(request), blocking);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(
                    new DescribeLogDirsResponseData().setErrorCode(ErrorCode.REQUEST_TIMED_OUT.code()));
        }
    }

    private DescribeLogDirsResponseData describe(DescribeLogDirsRequestData request) {
        DescribeLogDirsResult result = new DescribeLogDirsResult().setLogDir(directory.toString());
        for (TopicInfo topic : node.metadata().topics().values()) {
            addTopic(request, topic, result);
        }
        try {
            FileStore store = Files.getFileStore(directory);
            result.setTotalBytes(store.getTotalSpace()).setUsableBytes(store.getUsableSpace());
        } catch (IOException e) {
            result.setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        response.results().add(result);
        return response;
    }

    private void addTopic(DescribeLogDirsRequestData request, TopicInfo topic, DescribeLogDirsResult result) {
        Set<Integer> wanted = null;
        if (request.topics() != null) {
            DescribableLogDirTopic asked = request.topics().find(topic.name());
            if (asked == null) {
                return;
            }
            wanted = new HashSet<>(asked.partitions());
        }
        DescribeLogDirsTopic described = new DescribeLogDirsTopic().setName(topic.name());
        for (PartitionInfo partition : topic.partitions()) {
            PartitionHandle handle = node.leader(topic.id(), partition.partition());
            if (handle != null && (wanted == null || wanted.contains(partition.partition()))) {
                described
                        .partitions()
                        .add(new DescribeLogDirsPartition()
                                .setPartitionIndex(partition.partition())
                                .setPartitionSize(handle.view().sizeBytes()));
            }
        }
        if (!described.partitions().isEmpty()) {
            result.topics().add(described);
        }
    }
}
