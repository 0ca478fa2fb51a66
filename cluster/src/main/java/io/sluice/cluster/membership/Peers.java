/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.Address;
import akka.cluster.ClusterEvent.MemberDowned;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * The other brokers of the cluster, as its membership has them: a broker is known by the role {@code broker-N} of its member, and is one of
 * them from its joining until it is declared dead or has left. One thread changes it (the {@link ReplicaRouter}); any thread reads.
 */
public final class Peers {
    /** Role of broker n is this and n. */
    public static final String ROLE_PREFIX = "broker-";

    private final int self;
    private final Map<Integer, UniqueAddress> present = new ConcurrentHashMap<>();
    private final Map<Integer, InetSocketAddress> listening = new ConcurrentHashMap<>();
    private final Map<Integer, InetSocketAddress> serving = new ConcurrentHashMap<>();
    private final List<IntConsumer> joinListeners = new CopyOnWriteArrayList<>();
    private final List<IntConsumer> goneListeners = new CopyOnWriteArrayList<>();

    /** @param self this node's broker, which is none of its peers */
    public Peers(int self) {
        this.self = self;
    }

    /** The broker of a member; empty if it is none. */
    public static OptionalInt brokerOf(Member member) {
        return member.getRoles().stream()
                .filter(role -> role.startsWith(ROLE_PREFIX))
                .mapToInt(role -> Integer.parseInt(role.substring(ROLE_PREFIX.length())))
                .findFirst();
    }

    /** This node's broker. */
    public int self() {
        return self;
    }

    public Optional<Address> address(int broker) {
        return Optional.ofNullable(present.get(broker)).map(UniqueAddress::address);
    }

    /** Where a broker takes fetches of replicas, not resolved; null as long as it has not said so. */
    public InetSocketAddress listening(int broker) {
        return listening.get(broker);
    }

    /** Where the others serve HTTP, not resolved; without those that have not said so, or don't. */
    public Map<Integer, InetSocketAddress> serving() {
        return Map.copyOf(serving);
    }

    /** Whether it is one of the other brokers, and was not declared dead. */
    public boolean isPresent(int broker) {
        return present.containsKey(broker);
    }

    public Set<Integer> brokers() {
        return Set.copyOf(present.keySet());
    }

    /** Told of each broker that joins, or comes back as a new process. */
    public void onJoin(IntConsumer listener) {
        joinListeners.add(listener);
    }

    /** Told of each broker that is declared dead or has left. */
    public void onGone(IntConsumer listener) {
        goneListeners.add(listener);
    }

    void listens(int broker, String host, int port) {
        if (present.containsKey(broker)) {
            listening.put(broker, InetSocketAddress.createUnresolved(host, port));
        }
    }

    void serves(int broker, String host, int port) {
        if (present.containsKey(broker)) {
            serving.put(broker, InetSocketAddress.createUnresolved(host, port));
        }
    }

    void changed(MemberEvent event) {
        OptionalInt broker = brokerOf(event.member());
        if (broker.isEmpty() || broker.getAsInt() == self) {
            return;
        }
        int id = broker.getAsInt();
        UniqueAddress address = event.member().uniqueAddress();
        if (event instanceof MemberDowned || event instanceof MemberRemoved) {
            if (present.remove(id, address)) {
                listening.remove(id);
                serving.remove(id);
                goneListeners.forEach(listener -> listener.accept(id));
            }
        } else if (!address.equals(present.put(id, address))) {
            joinListeners.forEach(listener -> listener.accept(id));
        }
    }
}
