/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The records of one request on their way into their partitions. All partitions are found before anything is written; then each takes its records as a whole
 * or not at all, and by itself.
 */
public final class Production {
    /** The records for one partition, by their places in the request. */
    private static final class Part {
        final PartitionSink sink;
        final PartitionBatches batches;
        final List<Integer> places = new ArrayList<>();
        CompletableFuture<Written> result;

        Part(PartitionSink sink, PartitionBatches batches) {
            this.sink = sink;
            this.batches = batches;
        }
    }

    private final List<NewRecord> records;
    private final NamedProducer producer;
    private final Map<Integer, Part> parts = new TreeMap<>();

    private Production(List<NewRecord> records, NamedProducer producer) {
        this.records = records;
        this.producer = producer;
    }

    /**
     * Finds the partitions.
     *
     * @param producer null if the records have no numbers
     * @param keyless the partition of records that have no key and name none
     * @param batchBytesMax of the topic
     * @throws ProblemException if one of them does not exist, or has no leader that can be reached
     */
    static Production of(
            PartitionFinder finder,
            TopicInfo topic,
            List<NewRecord> records,
            NamedProducer producer,
            int keyless,
            long batchBytesMax,
            long nowMs) {
        Production production = new Production(records, producer);
        int count = topic.partitions().size();
        for (int place = 0; place < records.size(); place++) {
            NewRecord record = records.get(place);
            int partition = record.partition();
            if (partition >= count) {
                throw JsonBody.bad("Record " + place + " of the body, counted from 0, is for partition " + partition
                        + ", and the topic has the partitions 0 to " + (count - 1) + ".");
            }
            if (partition == NewRecord.ANY_PARTITION) {
                partition = record.key() == null ? keyless : KeyPartition.of(record.key(), count);
            }
            Part part = production.parts.get(partition);
            if (part == null) {
                part = new Part(finder.sink(topic, partition), new PartitionBatches(batchBytesMax, nowMs, producer));
                production.parts.put(partition, part);
            }
            part.places.add(place);
        }
        return production;
    }

    /**
     * Hands everything to the partitions; completes, on any thread, when all have answered.
     *
     * @throws ProblemException if records with numbers are not to be acknowledged by all replicas: what was lost could not be told from what was written then
     */
    public CompletionStage<Void> send(Acks acks, int timeoutMs) {
        if (producer != null && acks != Acks.ALL) {
            throw Problem.of(ProblemKind.BAD_PARAMETER, "Records of a named producer need acks=all.")
                    .asException();
        }
        List<CompletableFuture<Written>> results = new ArrayList<>();
        for (Part part : parts.values()) {
            part.places.forEach(place -> part.batches.add(place, records.get(place)));
            ByteBuffer batches = part.batches.build();
            part.result = part.sink.append(batches, acks, timeoutMs).toCompletableFuture();
            results.add(part.result);
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
    }

    /**
     * What became of one record.
     *
     * @param offset -1 if it is not known: it was not written, or long ago
     * @param again it was there already, under the same number of the same producer
     * @param problem null if it is written
     */
    public record Placed(int partition, long offset, boolean again, Problem problem) {}

    /** What became of each record, in the order of the request. All partitions have answered. */
    public List<Placed> placed() {
        Placed[] placed = new Placed[records.size()];
        parts.forEach((partition, part) -> {
            Written written = part.result.join();
            written.places(
                    part.places.size(),
                    (index, offset, again) ->
                            placed[part.places.get(index)] = new Placed(partition, offset, again, written.problem()));
        });
        return List.of(placed);
    }

    /**
     * The same as an answer.
     *
     * @throws ProblemException if one of the partitions refused its records; it tells of all
     */
    Map<String, Object> outcome() {
        Map<String, Object> outcome = Map.of("results", results());
        problem().ifPresent(first -> {
            throw new Problem(first.kind(), first.detail(), outcome).asException();
        });
        return outcome;
    }

    /** Why records were refused, if any were. All partitions have answered. */
    Optional<Problem> problem() {
        return parts.values().stream()
                .map(part -> part.result.join().problem())
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** What became of each record as the answer tells it, in the order of the request. All partitions have answered. */
    List<Map<String, Object>> results() {
        List<Map<String, Object>> results = new ArrayList<>(records.size());
        for (Placed placed : placed()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("partition", placed.partition());
            if (placed.problem() != null) {
                result.put("error", placed.problem().kind().slug());
            } else if (placed.offset() >= 0) {
                result.put("offset", placed.offset());
            }
            if (placed.again()) {
                result.put("duplicate", true);
            }
            results.add(result);
        }
        return results;
    }
}
