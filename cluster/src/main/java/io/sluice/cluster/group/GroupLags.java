/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Listed;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.cluster.group.Backlogs.Ends;
import io.sluice.log.ErrorCode;
import java.time.InstantSource;
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
 *   since when a group is behind  <-- the header of one batch, where it has moved since the last look
 * </pre>
 *
 * Nobody waits for it and it reads no records: coordinators answer from memory, logs from their latest view, and of a file no more is read than a header for each partition of a
 * group that is behind, {@link Limits#partitionsMax} of them at most. A partition whose end nobody can tell now has no lag, rather than a wrong one.
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

    private record Committed(String group, PartitionKey partition, long offset) {
        Spot spot() {
            return new Spot(partition, offset);
        }
    }

    /** A place in a log, of which the time never changes while it is there. */
    private record Spot(PartitionKey partition, long offset) {}

    private final GroupCoordinators coordinators;
    private final Backlogs backlogs;
    private final GroupLagMeters meters;
    private final Limits limits;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean omissionSaid;

    /** Since when there was something, where the last look found something. */
    private volatile Map<Spot, Long> times = Map.of();

    /** @param clock tells what time it is when the gauges are read */
    public GroupLags(
            GroupCoordinators coordinators,
            Backlogs backlogs,
            MeterRegistry registry,
            InstantSource clock,
            Limits limits) {
        this.coordinators = coordinators;
        this.backlogs = backlogs;
        this.meters = new GroupLagMeters(registry, clock);
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
        found.offsets()
                .forEach(committed -> ends.computeIfAbsent(
                        committed.partition(), partition -> backlogs.ends(partition.topic(), partition.partition())));
        return all(List.copyOf(ends.values()))
                .thenCompose(known -> times(found, ends))
                .thenAccept(since -> {
                    List<GroupLag> lags = new ArrayList<>();
                    for (Committed committed : found.offsets()) {
                        Ends of = ends.get(committed.partition()).join();
                        if (of != null) {
                            lags.add(lag(committed, of, since));
                        }
                    }
                    times = since;
                    meters.show(lags, found.omitted());
                    sayOnce(found.omitted());
                });
    }

    private static GroupLag lag(Committed committed, Ends of, Map<Spot, Long> since) {
        long from = Math.max(of.start(), committed.offset());
        long behind = Math.max(0, of.highWatermark() - from);
        return new GroupLag(
                committed.group(),
                committed.partition().topic(),
                committed.partition().partition(),
                behind,
                Math.max(0, of.lastStable() - from),
                behind == 0 ? Backlog.NOTHING : since.getOrDefault(committed.spot(), GroupLag.UNKNOWN));
    }

    /** Since when each lag is there. Looked up where a group is behind and has moved since the last look, so that one that stands still costs nothing. */
    private CompletableFuture<Map<Spot, Long>> times(Found found, Map<PartitionKey, CompletableFuture<Ends>> ends) {
        Map<Spot, Long> before = times;
        Map<Spot, CompletableFuture<Long>> asked = new HashMap<>();
        for (Committed committed : found.offsets()) {
            Ends of = ends.get(committed.partition()).join();
            if (of != null && committed.offset() < of.highWatermark()) {
                // what the log has lost since can't be the first any more
                Long known = committed.offset() >= of.start() ? before.get(committed.spot()) : null;
                asked.computeIfAbsent(
                        committed.spot(),
                        spot -> known == null || known < 0 ? since(spot) : CompletableFuture.completedFuture(known));
            }
        }
        return all(List.copyOf(asked.values())).thenApply(done -> {
            Map<Spot, Long> since = new HashMap<>();
            asked.forEach((spot, time) -> since.put(spot, time.join()));
            return since;
        });
    }

    private CompletableFuture<Long> since(Spot spot) {
        return backlogs.from(spot.partition().topic(), spot.partition().partition(), spot.offset())
                .thenApply(backlog -> backlog == null ? GroupLag.UNKNOWN : backlog.sinceMs());
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

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
