/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.actor.ActorRef;
import akka.actor.Address;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.ShardCoordinator;
import akka.dispatch.Futures;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;

/**
 * Puts a shard on the first live broker of its placement group's list, never on whoever happened to ask, and moves it back when a
 * preferred broker lives again. A broker is known by the Akka role {@code broker-N} of its member, so membership alone maps an
 * address to a broker.
 *
 * <p>Runs inside the coordinator's actor: nothing here waits.
 */
public final class ReplicaAllocationStrategy extends ShardCoordinator.AbstractShardAllocationStrategy {
    /** How many shards move at one time. */
    private static final int MOVES_MAX = 8;

    /** Role of broker n is this and n. */
    public static final String ROLE_PREFIX = "broker-";

    private final Cluster cluster;
    private final PlacementRule rule;

    ReplicaAllocationStrategy(Cluster cluster, PlacementRule rule) {
        this.cluster = cluster;
        this.rule = rule;
    }

    @Override
    public Future<ActorRef> allocateShard(
            ActorRef requester, String shardId, Map<ActorRef, IndexedSeq<String>> current) {
        Map<Integer, ActorRef> regions = regionsByBroker(current.keySet());
        OptionalInt broker = rule.brokerOf(shardId, regions.keySet());
        return broker.isPresent()
                ? Futures.successful(regions.get(broker.getAsInt()))
                : Futures.failed(new IllegalStateException(
                        "no broker that may have shard " + shardId + " lives; alive are " + regions.keySet()));
    }

    @Override
    public Future<Set<String>> rebalance(Map<ActorRef, IndexedSeq<String>> current, Set<String> inProgress) {
        if (current.size() == 1 || !inProgress.isEmpty()) {
            return Futures.successful(Set.of());
        }
        Map<Integer, ActorRef> regions = regionsByBroker(current.keySet());
        Set<String> misplaced = new HashSet<>();
        current.forEach((region, shards) -> {
            scala.collection.Iterator<String> each = shards.iterator();
            while (each.hasNext() && misplaced.size() < MOVES_MAX) {
                String shard = each.next();
                OptionalInt wanted = rule.brokerOf(shard, regions.keySet());
                if (wanted.isPresent() && !regions.get(wanted.getAsInt()).equals(region)) {
                    misplaced.add(shard);
                }
            }
        });
        return Futures.successful(misplaced);
    }

    private Map<Integer, ActorRef> regionsByBroker(Set<ActorRef> regions) {
        Map<Address, Integer> brokers = new HashMap<>();
        for (Member member : cluster.state().getMembers()) {
            if (member.status() == MemberStatus.up()) {
                brokerOf(member).ifPresent(id -> brokers.put(member.address(), id));
            }
        }
        Map<Integer, ActorRef> byBroker = new HashMap<>();
        for (ActorRef region : regions) {
            Address address = region.path().address();
            Integer broker =
                    brokers.get(address.hasLocalScope() ? cluster.selfMember().address() : address);
            if (broker != null) {
                byBroker.put(broker, region);
            }
        }
        return byBroker;
    }

    private static Optional<Integer> brokerOf(Member member) {
        return member.getRoles().stream()
                .filter(role -> role.startsWith(ROLE_PREFIX))
                .map(role -> Integer.valueOf(role.substring(ROLE_PREFIX.length())))
                .findFirst();
    }
}
