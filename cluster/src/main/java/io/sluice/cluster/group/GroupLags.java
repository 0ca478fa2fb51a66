/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.subscription.PartitionDirectory;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the groups are behind that this node coordinates, looked up now and then and published as gauges.
 *
 * <pre>
 *   the coordinators here --- groups, offsets committed ---> at most so many partitions
 *   each partition's end  <-- the log here if it is led here, else the broker that leads it, all of one broker in one request
 * </pre>
 *
 * Nobody waits for it and it reads no records: coordinators answer from memory, logs from their latest view. A partition whose end nobody can tell now has no lag,
 * rather than a wrong one.
 */
public final class GroupLags {
    private static final Logger LOG = LoggerFactory.getLogger(GroupLags.class);
    private static final Comparator<Committed> IN_ORDER = Comparator.comparing(Committed::group)
            .thenComparing(committed -> committed.partition().topic())
            .thenComparing(committed -> committed.partition().partition());

    /**
     * What to look for.
     *
     * @param partitionsMax {@code sluice.group.lag.partitions.max}: of all groups together; later ones, by name, have no gauges
     * @param timeoutMs how long the answers may take
     */
    public record Limits(int partitionsMax, long timeoutMs) {}

    private record Committed(String group, PartitionKey partition, long offset) {}

    /** Where a log begins and ends, for either kind of reader. */
    private record Ends(long start, long highWatermark, long lastStable) {
        GroupLag lag(Committed committed) {
            long from = Math.max(start, committed.offset());
            return new GroupLag(
                    committed.group(),
                    committed.partition().topic(),
                    committed.partition().partition(),
                    Math.max(0, highWatermark - from),
                    Math.max(0, lastStable - from));
        }
    }

    private final GroupCoordinators coordinators;
    private final PartitionDirectory directory;
    private final RemoteLogs remote;
    private final GroupLagMeters meters;
    private final Limits limits;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean omissionSaid;

    public GroupLags(
            GroupCoordinators coordinators,
            PartitionDirectory directory,
            RemoteLogs remote,
            MeterRegistry registry,
            Limits limits) {
        this.coordinators = coordinators;
        this.directory = directory;
        this.remote = remote;
        this.meters = new GroupLagMeters(registry);
        this.limits = limits;
    }

    /** Looks, unless it does so still. Never blocks. */
    public void look() {
        if (looking.compareAndSet(false, true)) {
            CompletableFuture<Void> unused = list().thenCompose(this::offsets)
                    .thenCompose(this::show)
                    .orTimeout(limits.timeoutMs(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            LOG.debug("the lag of groups is as it was: {}", failure.toString());
                        }
                        looking.set(false);
                    });
        }
    }

    private CompletableFuture<List<String>> list() {
        CompletableFuture<Listed> listed = new CompletableFuture<>();
        coordinators.list(Set.of(), Set.of(), listed::complete);
        return listed.thenApply(answer -> {
            if (answer.error() != ErrorCode.NONE) {
                throw new IllegalStateException("a coordinator says " + answer.error());
            }
            return answer.groups().stream().map(ListedGroup::groupId).sorted().toList();
        });
    }

    /** What was found. */
    private record Found(List<Committed> offsets, long omitted) {}

    private CompletableFuture<Found> offsets(List<String> groups) {
        List<String> asked = groups.subList(0, Math.min(groups.size(), limits.partitionsMax()));
        List<CompletableFuture<List<Committed>>> answers =
                asked.stream().map(this::offsets).toList();
        return all(answers).thenApply(lists -> {
            List<Committed> all =
                    lists.stream().flatMap(List::stream).sorted(IN_ORDER).toList();
            int kept = Math.min(all.size(), limits.partitionsMax());
            // a group that was not asked has a partition, or more
            return new Found(all.subList(0, kept), (all.size() - kept) + (groups.size() - asked.size()));
        });
    }

    private CompletableFuture<List<Committed>> offsets(String group) {
        CompletableFuture<FetchedOffsets> fetched = new CompletableFuture<>();
        coordinators.submit(new FetchOffsets(group, null), fetched::complete);
        return fetched.thenApply(answer -> answer.offsets().entrySet().stream()
                .map(entry ->
                        new Committed(group, entry.getKey(), entry.getValue().offset()))
                .toList());
    }

    private CompletableFuture<Void> show(Found found) {
        Map<PartitionKey, CompletableFuture<Ends>> ends = new HashMap<>();
        found.offsets().forEach(committed -> ends.computeIfAbsent(committed.partition(), this::ends));
        return all(List.copyOf(ends.values())).thenAccept(known -> {
            List<GroupLag> lags = new ArrayList<>();
            for (Committed committed : found.offsets()) {
                Ends of = ends.get(committed.partition()).join();
                if (of != null) {
                    lags.add(of.lag(committed));
                }
            }
            meters.show(lags, found.omitted());
            sayOnce(found.omitted());
        });
    }

    private void sayOnce(long omitted) {
        if (omitted > 0 && !omissionSaid) {
            LOG.warn(
                    "the lag of {} partitions of groups, or more, is not published: sluice.group.lag.partitions.max={}",
                    omitted,
                    limits.partitionsMax());
        }
        omissionSaid = omitted > 0;
    }

    /** Null where nobody can tell. */
    private CompletableFuture<Ends> ends(PartitionKey partition) {
        PartitionDirectory.Topic topic = directory.topic(partition.topic());
        if (topic == null || partition.partition() >= topic.partitions()) {
            return CompletableFuture.completedFuture(null);
        }
        PartitionHandle handle = directory.handle(topic.id(), partition.partition());
        if (handle != null && handle.leads()) {
            LogView view = handle.view();
            return CompletableFuture.completedFuture(
                    new Ends(view.logStartOffset(), view.highWatermark(), view.lastStableOffset()));
        }
        PartitionDirectory.Leader leader = directory.leader(topic.id(), partition.partition());
        return leader.equals(PartitionDirectory.Leader.NONE)
                ? CompletableFuture.completedFuture(null)
                : ask(leader.broker(), new ReplicaKey(topic.id(), partition.partition()));
    }

    private CompletableFuture<Ends> ask(int broker, ReplicaKey key) {
        return ask(broker, key, LogView.Bound.HIGH_WATERMARK)
                .thenCombine(
                        ask(broker, key, LogView.Bound.LAST_STABLE_OFFSET),
                        (high, stable) -> high.error() != ErrorCode.NONE || stable.error() != ErrorCode.NONE
                                ? null
                                : new Ends(high.logStartOffset(), high.endOffset(), stable.endOffset()));
    }

    private CompletableFuture<RemoteLogs.Answer> ask(int broker, ReplicaKey key, LogView.Bound bound) {
        return remote.ask(broker, new RemoteLogs.Read(key, bound, 0, 0));
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
