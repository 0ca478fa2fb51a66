/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;
import io.sluice.log.LogView.TimestampedOffset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ListOffsets: both ends of a log are known without reading; a timestamp is looked up in the files, on the pool for blocking
 * work, one task a request.
 */
final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequestData, ListOffsetsResponseData> {
    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private static final short KEY = 2;

    /** Older versions can't say an epoch: the message class refuses to be written with one. */
    private static final short LEADER_EPOCHS = 4;

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;

    /** Older versions don't know {@code OFFSET_NOT_AVAILABLE}. */
    private static final short NOT_AVAILABLE = 5;

    /** Special timestamps, by the version that brought them; {@code -5} is the latest tiered, {@code -6} the earliest pending upload. */
    private static final Map<Long, Integer> SINCE =
            Map.of(LATEST, 1, EARLIEST, 1, MAX_TIMESTAMP, 7, EARLIEST_LOCAL, 8, -5L, 9, -6L, 11);

    private static final long UNKNOWN = -1;

    private final LedPartitions partitions;
    private final Executor blocking;

    ListOffsetsHandler(HandlerServices services) {
        this.partitions = new LedPartitions(services.node());
        this.blocking = services.blocking();
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    /** A look-up that has to read files. */
    private record Search(LogView view, Bound bound, long timestamp, ListOffsetsPartitionResponse answer) {}

    @Override
    public CompletionStage<ListOffsetsResponseData> handle(RequestContext context, ListOffsetsRequestData request) {
        Bound bound = request.isolationLevel() == 1 ? Bound.LAST_STABLE_OFFSET : Bound.HIGH_WATERMARK;
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        List<Search> searches = new ArrayList<>();
        Map<String, Map<Integer, ListOffsetsPartitionResponse>> seen = new HashMap<>();
        for (ListOffsetsTopic topic : request.topics()) {
            ListOffsetsTopicResponse answer = new ListOffsetsTopicResponse().setName(topic.name());
            response.topics().add(answer);
            Map<Integer, ListOffsetsPartitionResponse> seenOfTopic =
                    seen.computeIfAbsent(topic.name(), name -> new HashMap<>());
            for (ListOffsetsPartition partition : topic.partitions()) {
                ListOffsetsPartitionResponse result =
                        new ListOffsetsPartitionResponse().setPartitionIndex(partition.partitionIndex());
                answer.partitions().add(result);
                ListOffsetsPartitionResponse twin = seenOfTopic.put(partition.partitionIndex(), result);
                if (twin == null) {
                    look(context, topic.name(), partition, bound, result, searches);
                } else {
                    refuse(twin, ErrorCode.INVALID_REQUEST);
                    refuse(result, ErrorCode.INVALID_REQUEST);
                }
            }
        }
        CompletionStage<ListOffsetsResponseData> found =
                searches.isEmpty() ? CompletableFuture.completedFuture(response) : search(searches, response);
        return context.apiVersion() >= LEADER_EPOCHS ? found : found.thenApply(ListOffsetsHandler::withoutEpochs);
    }

    private static ListOffsetsResponseData withoutEpochs(ListOffsetsResponseData response) {
        response.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> partition.setLeaderEpoch((int) UNKNOWN)));
        return response;
    }

    private void look(
            RequestContext context,
            String topic,
            ListOffsetsPartition asked,
            Bound bound,
            ListOffsetsPartitionResponse answer,
            List<Search> searches) {
        long timestamp = asked.timestamp();
        LedPartitions.Found found = partitions.find(topic, asked.partitionIndex(), asked.currentLeaderEpoch());
        if (found.handle() == null) {
            refuse(answer, found.error());
            return;
        }
        if (timestamp < 0 && SINCE.getOrDefault(timestamp, Integer.MAX_VALUE) > context.apiVersion()) {
            refuse(answer, ErrorCode.UNSUPPORTED_VERSION);
            return;
        }
        LogView view = found.handle().view();
        if (timestamp != EARLIEST && timestamp != EARLIEST_LOCAL && !knowsWhatIsCommitted(found.handle(), view)) {
            refuse(
                    answer,
                    context.apiVersion() >= NOT_AVAILABLE
                            ? ErrorCode.OFFSET_NOT_AVAILABLE
                            : ErrorCode.LEADER_NOT_AVAILABLE);
            return;
        }
        if (timestamp == LATEST) {
            boolean committed = bound == Bound.LAST_STABLE_OFFSET;
            answer.setOffset(committed ? view.lastStableOffset() : view.highWatermark())
                    .setLeaderEpoch(found.handle().leaderEpoch());
        } else if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            answer.setOffset(view.logStartOffset()).setLeaderEpoch(view.epochAt(view.logStartOffset()));
        } else if (timestamp >= 0 || timestamp == MAX_TIMESTAMP) {
            searches.add(new Search(view, bound, timestamp, answer));
        }
    }

    /**
     * A new leader has all that was ever committed, but learns how much of its log that is only from its followers (KIP-207): until then its high
     * watermark may be behind what clients were told before.
     */
    private static boolean knowsWhatIsCommitted(PartitionHandle leader, LogView view) {
        int epoch = leader.leaderEpoch();
        boolean begun = view.endOfEpoch(epoch).leaderEpoch() == epoch;
        return !begun || view.highWatermark() >= view.endOfEpoch(epoch - 1).endOffset();
    }

    private CompletionStage<ListOffsetsResponseData> search(List<Search> searches, ListOffsetsResponseData response) {
        CompletableFuture<ListOffsetsResponseData> done = new CompletableFuture<>();
        try {
            blocking.execute(() -> {
                try {
                    searches.forEach(ListOffsetsHandler::search);
                    done.complete(response);
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            // The pool's queue is full: a client asks again after this error.
            searches.forEach(search -> refuse(search.answer(), ErrorCode.LEADER_NOT_AVAILABLE));
            done.complete(response);
        }
        return done;
    }

    private static void search(Search search) {
        try {
            TimestampedOffset found = search.timestamp() == MAX_TIMESTAMP
                    ? search.view().offsetOfMaxTimestamp(search.bound())
                    : search.view().offsetForTimestamp(search.timestamp(), search.bound());
            if (found != null) {
                search.answer()
                        .setTimestamp(found.timestampMs())
                        .setOffset(found.offset())
                        .setLeaderEpoch(found.leaderEpoch());
            }
        } catch (IOException e) {
            LOG.error("look-up by timestamp failed: timestamp={}", search.timestamp(), e);
            refuse(search.answer(), ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static void refuse(ListOffsetsPartitionResponse answer, ErrorCode error) {
        answer.setErrorCode(error.code())
                .setOffset(UNKNOWN)
                .setTimestamp(UNKNOWN)
                .setLeaderEpoch((int) UNKNOWN);
    }
}
