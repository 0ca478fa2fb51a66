/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.AbstractActorWithTimers;
import akka.actor.ActorRef;
import akka.actor.Address;
import akka.actor.Props;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent;
import akka.cluster.ClusterEvent.MemberDowned;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.Member;
import akka.remote.DefaultFailureDetectorRegistry;
import akka.remote.FailureDetector;
import io.sluice.cluster.membership.GoneVotes.Process;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Watches the other nodes, tells the other voters whom it sees no more, and does what the {@link DowningRule} says. A node is not seen
 * when its port refuses connections or its heartbeats have been missing for the failure detector's pause.
 */
final class VoterDowning extends AbstractActorWithTimers {
    private static final Logger LOG = LoggerFactory.getLogger(VoterDowning.class);
    private static final Duration TICK = Duration.ofMillis(100);

    /** Ticks after which votes are repeated, for one may get lost. */
    private static final int REPEAT_TICKS = 10;

    private enum Tick {
        INSTANCE
    }

    private final DowningRule rule;
    private final Cluster cluster = Cluster.get(getContext().getSystem());
    private final int self;
    private final Map<Process, Address> members = new HashMap<>();
    private final Map<Address, ActorRef> sentinels = new HashMap<>();
    private final Set<Address> refused = new HashSet<>();
    private final Set<Process> declared = new HashSet<>();
    private Set<Process> gone = Set.of();
    private long nowMs;
    private int ticksToRepeat;
    private boolean over;

    private VoterDowning(DowningRule rule) {
        this.rule = rule;
        this.self = rule.self();
    }

    static Props props(DowningRule rule) {
        return Props.create(VoterDowning.class, () -> new VoterDowning(rule));
    }

    @Override
    public void preStart() {
        cluster.subscribe(getSelf(), ClusterEvent.initialStateAsEvents(), MemberEvent.class);
        getTimers().startTimerAtFixedRate(Tick.INSTANCE, Tick.INSTANCE, TICK);
    }

    @Override
    public void postStop() {
        cluster.unsubscribe(getSelf());
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(MemberEvent.class, this::onMember)
                .match(PortSentinel.PortState.class, this::onPort)
                .match(GoneVotes.class, this::onVotes)
                .matchEquals(Tick.INSTANCE, tick -> onTick())
                .build();
    }

    private void onMember(MemberEvent event) {
        Member member = event.member();
        OptionalInt broker = Peers.brokerOf(member);
        if (broker.isEmpty() || broker.getAsInt() == self) {
            return;
        }
        Process process = new Process(broker.getAsInt(), member.uniqueAddress().longUid());
        if (event instanceof MemberDowned || event instanceof MemberRemoved) {
            declared.remove(process);
            if (members.remove(process) != null && !members.containsValue(member.address())) {
                ActorRef sentinel = sentinels.remove(member.address());
                getContext().stop(sentinel);
                refused.remove(member.address());
            }
        } else if (members.put(process, member.address()) == null) {
            sentinels.computeIfAbsent(member.address(), address -> getContext().actorOf(PortSentinel.props(address)));
        }
        look();
    }

    private void onPort(PortSentinel.PortState port) {
        if (!sentinels.containsKey(port.address())) {
            return;
        }
        if (port.refused()) {
            refused.add(port.address());
        } else {
            refused.remove(port.address());
        }
        LOG.debug("{} {}", port.address(), port.refused() ? "refuses connections" : "takes connections");
        // Akka removes a dead member only when it sees it no more itself.
        detector(port.address()).refused(port.refused());
        look();
    }

    private void onVotes(GoneVotes votes) {
        rule.voted(votes.from(), votes.gone());
        act();
    }

    private void onTick() {
        nowMs += TICK.toMillis();
        look();
        if (--ticksToRepeat <= 0 && !gone.isEmpty()) {
            tellVotes();
        }
    }

    /** Looks whom this node sees, tells the others if that has changed, and acts. */
    private void look() {
        Set<Process> now = new HashSet<>();
        members.forEach((process, address) -> {
            boolean silent = cluster.failureDetector().isMonitoring(address)
                    && !cluster.failureDetector().isAvailable(address);
            if (silent || refused.contains(address)) {
                now.add(process);
            }
        });
        if (!now.equals(gone)) {
            gone = now;
            LOG.info("not seen any more: {}", brokers(gone));
            tellVotes();
        }
        act();
    }

    private void tellVotes() {
        ticksToRepeat = REPEAT_TICKS;
        if (rule.isVoter()) {
            GoneVotes votes = new GoneVotes(self, gone);
            String path = getSelf().path().toStringWithoutAddress();
            members.values()
                    .forEach(address ->
                            getContext().actorSelection(address + path).tell(votes, getSelf()));
        }
    }

    private void act() {
        if (over) {
            return;
        }
        Set<Process> all = Set.copyOf(members.keySet());
        for (Process dead : rule.dead(all, gone)) {
            if (declared.add(dead)) {
                LOG.warn("broker {} is gone: a majority of the voters sees it no more", dead.broker());
                cluster.down(members.get(dead));
            }
        }
        if (rule.isCutOff(all, gone, nowMs)) {
            over = true;
            LOG.error(
                    "this node sees {} of the voters, a majority is {}: it stops, for the others go on without it; not seen are brokers {}",
                    rule.votersSeen(all, gone),
                    rule.majority(),
                    brokers(gone));
            cluster.down(cluster.selfAddress());
        }
    }

    private static Set<Integer> brokers(Set<Process> processes) {
        Set<Integer> brokers = new TreeSet<>();
        processes.forEach(process -> brokers.add(process.broker()));
        return brokers;
    }

    private PortAwareFailureDetector detector(Address address) {
        // Heartbeats make the detector; one that is not there yet is made as if there had been one.
        DefaultFailureDetectorRegistry<Address> registry =
                (DefaultFailureDetectorRegistry<Address>) cluster.failureDetector();
        Option<FailureDetector> detector = registry.failureDetector(address);
        if (detector.isEmpty()) {
            registry.heartbeat(address);
            detector = registry.failureDetector(address);
        }
        return (PortAwareFailureDetector) detector.get();
    }
}
