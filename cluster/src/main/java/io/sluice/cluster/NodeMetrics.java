/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.sluice.actors.partition.PartitionMeters;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.metadata.MetadataSnapshots;
import io.sluice.cluster.sharding.LocalPartitions;
import io.sluice.log.LogMeters;
import io.sluice.log.segment.OpenSegments;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Binds what the node's actors count to metrics; the names are in {@code docs/metrics.md}. */
final class NodeMetrics {
    private final MeterRegistry registry;
    private final List<Tag> tags;

    private NodeMetrics(MeterRegistry registry, int nodeId) {
        this.registry = registry;
        this.tags = List.of(Tag.of("node", Integer.toString(nodeId)));
    }

    static void bind(NodeParts parts) {
        NodeMetrics metrics = new NodeMetrics(
                parts.options.metrics(), parts.options.settings().nodeId());
        metrics.partitions(parts.meters, parts.partitionContext::mailboxBytes);
        metrics.logs(parts.partitions);
        metrics.logs(parts.logs.openSegments());
        metrics.logs(parts.logs.meters());
        metrics.counter(
                "partitions.refused",
                "topics not made or not grown because there would be too many partitions (sluice.partitions.max)",
                parts.partitionLimits.refused());
        metrics.gauge(
                "metadata.offset",
                "offset after the last metadata record in this node's image",
                () -> parts.images.image().offset());
        metrics.gauge(
                "metadata.level", "level of the cluster's metadata", () -> MetadataLevels.of(parts.images.image()));
        metrics.snapshots(parts.snapshots);
        metrics.relays(parts.groupRelayMeters, parts.controllerRelayMeters);
        metrics.counter(
                "leader.waits", "waits for the name of a leader that is being elected", parts.leaderWaits.begun);
        metrics.counter(
                "leader.waits.in.vain",
                "such waits that ended without a leader (sluice.leader.wait.max.ms)",
                parts.leaderWaits.inVain);
        SubscriptionMetrics.bind(
                parts.subscriptionMeters,
                parts.options.metrics(),
                parts.options.settings().nodeId());
        metrics.gauge(
                "topics",
                "topics in this node's image",
                () -> parts.images.image().topics().size());
    }

    private void relays(RelayMeters groups, RelayMeters controller) {
        gauge("group.relay.waiting", "requests of this node that wait for coordinators of groups", groups.waiting::get);
        counter(
                "group.relay.refused",
                "requests not passed on because too many waited (sluice.group.relay.requests.max)",
                groups.refused);
        counter(
                "group.relay.too.large",
                "requests and answers too large to be passed on (sluice.group.relay.message.max.bytes)",
                groups.tooLarge);
        gauge(
                "controller.requests.waiting",
                "requests of this node that wait for the controller",
                controller.waiting::get);
        counter(
                "controller.requests.refused",
                "requests refused because too many waited (sluice.controller.requests.max)",
                controller.refused);
        counter(
                "controller.requests.too.large",
                "requests too large for a controller on another node",
                controller.tooLarge);
    }

    private void snapshots(MetadataSnapshots snapshots) {
        gauge(
                "metadata.snapshot.offset",
                "end offset of this node's newest snapshot of the metadata, 0 without one",
                () -> snapshots.newest() == null ? 0 : snapshots.newest().endOffset());
        counter(
                "metadata.snapshots.taken",
                "snapshots that this node has written (metadata.log.max.record.bytes.between.snapshots)",
                snapshots.taken);
        counter("metadata.snapshots.fetched", "snapshots that came from other brokers", snapshots.fetched);
        counter("metadata.snapshots.failed", "snapshots that could not be written or taken", snapshots.failed);
    }

    private void partitions(PartitionMeters meters, Supplier<Number> mailboxBytes) {
        counter("partition.appends", "appends written", meters.appends);
        counter("partition.append.bytes", "bytes of the appends written", meters.appendedBytes);
        counter("partition.appends.rejected", "appends that a check refused", meters.rejectedAppends);
        counter("partition.writes", "gathering writes; appends / writes is how well they gather", meters.writes);
        counter(
                "partition.mailbox.refused",
                "appends refused because too many bytes waited (sluice.partition.mailbox.max.bytes)",
                meters.mailboxRefusals);
        counter("partition.waiters.refused", "readers woken at once because too many waited", meters.waiterRefusals);
        counter("partition.disk.full", "appends refused because the disk was full", meters.diskFullRefusals);
        counter("partition.compactions", "compactions that became part of a log", meters.compactions);
        gauge("partition.mailbox.bytes", "bytes that wait to be appended", mailboxBytes);
        gauge("partition.waiters", "readers that wait for data", meters.waiters::get);
        gauge("partitions.leading", "partitions that this node leads", meters.leading::get);
        gauge("partitions.offline", "partitions that are offline on this node", meters.offline::get);
    }

    private void logs(LocalPartitions partitions) {
        gauge("log.bytes", "bytes of the logs on this node", () -> {
            long[] bytes = new long[1];
            partitions.forEachReplica(
                    (handle, actor) -> bytes[0] += handle.view().sizeBytes());
            return bytes[0];
        });
    }

    private void logs(OpenSegments segments) {
        gauge("log.segments.open", "segment files that are open", segments::count);
        FunctionCounter.builder("sluice.log.segments.closed", segments, OpenSegments::closedForRoom)
                .description("segment files closed because too many were open (sluice.log.open.segments.max)")
                .tags(tags)
                .register(registry);
    }

    private void logs(LogMeters meters) {
        counter(
                "log.forces",
                "times that a partition waited until its log was on disk (log.flush, flush.messages, flush.ms)",
                meters.forces);
        counter("log.compaction.bytes.read", "bytes that compactions have read", meters.compactionBytesRead);
        counter(
                "log.compaction.bytes.before",
                "bytes of the segments that were compacted",
                meters.compactionBytesBefore);
        counter("log.compaction.bytes.after", "bytes of what is in their place", meters.compactionBytesAfter);
        counter("log.compaction.records.removed", "records that compactions left out", meters.compactionRecordsRemoved);
        FunctionCounter.builder("sluice.log.compaction.seconds", meters, m -> m.compactionMillis.sum() / 1e3)
                .description("time that compactions took")
                .tags(tags)
                .register(registry);
        counter(
                "log.compaction.keymap.full",
                "compactions that could not hold all keys (log.cleaner.dedupe.buffer.size)",
                meters.compactionsWithoutRoom);
        gauge("log.compaction.keymap.bytes", "memory for the keys of running compactions", meters.keyMapBytes::sum);
        counter(
                "log.producers.expired",
                "idempotent producers forgotten because they were silent for producer.id.expiration.ms",
                meters.producersExpired);
        counter(
                "log.producers.evicted",
                "idempotent producers forgotten for want of room (sluice.producers.max.per.partition)",
                meters.producersEvicted);
    }

    private void counter(String name, String description, LongAdder adder) {
        FunctionCounter.builder("sluice." + name, adder, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder("sluice." + name, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
