/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Where a partition's log begins and ends, and what is at a place in it: read here, or asked of the node that leads it. */
public final class PartitionEnds {
    /** The first offset that is there. */
    public static final String EARLIEST = "earliest";

    /** The first that readers may not have yet. */
    public static final String LATEST = "latest";

    private static final int BYTES_MAX = 1;

    private final Node node;
    private final PartitionFinder finder;
    private final OtherNodes others;
    private final RecordReader reader;
    private final Executor blocking;

    public PartitionEnds(Node node, PartitionFinder finder, OtherNodes others, Executor blocking) {
        this.node = node;
        this.finder = finder;
        this.others = others;
        this.reader = new RecordReader(ReadLimits.of(node.settings()).decompressedBytesMax());
        this.blocking = blocking;
    }

    /**
     * A place in a log.
     *
     * @param start the log's first offset
     * @param end the first offset above what is committed
     * @param offset the place
     * @param timestampMs of the first record from there on; -1 if there is none
     */
    public record Place(long start, long end, long offset, long timestampMs) {}

    /**
     * Looks at a place; one that is not in the log any more is where the log begins.
     *
     * @param offset a number, {@link #EARLIEST}, {@link #LATEST} or {@code timestamp:} and milliseconds
     * @return fails with a problem if nobody can be asked
     */
    public CompletionStage<Place> at(String topicName, int partition, String offset) {
        TopicInfo topic = finder.topic(topicName);
        boolean here = node.leader(topic.id(), partition) != null;
        int leader = node.leadership(topic.id(), partition).brokerId();
        return here || leader < 0 || !others.knows(leader)
                ? CompletableFuture.supplyAsync(() -> here(topic, partition, offset), blocking)
                : ask(leader, topicName, partition, offset);
    }

    private Place here(TopicInfo topic, int partition, String offset) {
        PartitionHandle handle = finder.readable(topic, partition);
        LogView view = handle.view();
        ReadQuery query = ReadQuery.one(offset, BYTES_MAX, Bound.HIGH_WATERMARK);
        long wanted =
                query.timestampMs() == ReadQuery.NO_TIMESTAMP ? query.resolved(view) : reader.offsetOf(view, query);
        long from = Math.max(view.logStartOffset(), Math.min(wanted, view.highWatermark()));
        ReadPage page = reader.read(view, query.at(from));
        return new Place(
                page.startOffset(),
                page.endOffset(),
                wanted,
                page.records().isEmpty() ? -1 : page.records().get(0).timestampMs());
    }

    private CompletionStage<Place> ask(int broker, String topic, int partition, String offset) {
        return get(broker, topic, partition, offset)
                .handle((page, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(place(page, offset));
                    }
                    Problem problem = problem(failure);
                    return problem.kind() == ProblemKind.OFFSET_OUT_OF_RANGE
                            ? get(broker, topic, partition, EARLIEST).thenApply(first -> place(first, offset))
                            : CompletableFuture.<Place>failedFuture(problem.asException());
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<JsonNode> get(int broker, String topic, int partition, String offset) {
        return others.get(
                broker,
                "/v1/topics/" + topic + "/partitions/" + partition + "/records?limit=1&max_bytes=" + BYTES_MAX
                        + "&isolation=read_uncommitted&key=base64&value=base64&offset=" + offset);
    }

    private static Place place(JsonNode page, String offset) {
        JsonNode record = page.path("records").path(0);
        long start = page.path("start").asLong();
        long end = page.path("end").asLong();
        long at = offset.matches("\\d+")
                ? Long.parseLong(offset)
                : record.isMissingNode() ? end : record.path("offset").asLong();
        return new Place(
                start,
                end,
                offset.equals(EARLIEST) ? start : at,
                record.path("timestamp").asLong(-1));
    }

    private static Problem problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ProblemException told) {
            return told.problem();
        }
        throw new CompletionException(cause);
    }
}
