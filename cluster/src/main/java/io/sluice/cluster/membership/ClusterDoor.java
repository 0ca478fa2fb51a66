/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import io.sluice.cluster.membership.DoorMessage.Knock;
import io.sluice.cluster.membership.DoorMessage.Opened;
import io.sluice.cluster.membership.DoorMessage.Refused;
import io.sluice.cluster.membership.DoorMessage.Waits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into the cluster. A node that starts knocks at the seeds until one that is in the cluster lets it in, or refuses it for good;
 * where all wait, the {@link FormationRule} says who begins. Afterwards the node answers those that knock at it.
 *
 * <p>A node is refused if its data is another cluster's, if it has other voters in its configuration, or if its number is taken by a
 * node that lives.
 */
public final class ClusterDoor extends AbstractOnMessageBehavior<ClusterDoor.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDoor.class);
    private static final String NAME = "cluster-door";
    private static final String DISPATCHER = "sluice.cluster-dispatcher";
    private static final Duration TICK = Duration.ofMillis(100);

    /** A join that has not worked for so long is tried again. */
    private static final long JOIN_MS = 1_000;

    /** For so long after a cluster was heard of nobody begins another. */
    private static final long A_CLUSTER_MS = 10_000;

    private static final long ORIGIN_NANOS = System.nanoTime();

    /** Before it begins a cluster a node listens for one. */
    private static final long LISTEN_MS = 500;

    /** Knocks, one a tick, of a node whose number is taken, before it is refused. */
    private static final int PATIENCE_KNOCKS = 50;

    private static final long SAY_SO_MS = 10_000;

    /** How often others are looked for. */
    private static final long LOOK_MS = 1_000;

    /** What the door is told. */
    public sealed interface Command permits DoorMessage, Own, Found, NotFound {}

    private enum Own implements Command {
        TICK
    }

    private record Found(List<Address> seeds) implements Command {}

    private record NotFound(Throwable why) implements Command {}

    /**
     * Who is at the door.
     *
     * @param clusterId of this node's data, null as long as it has none
     */
    public record Visitor(int broker, SeedSource seeds, List<Integer> voters, Supplier<String> clusterId) {}

    private final Visitor visitor;
    private final TimerScheduler<Command> timers;
    private final CompletableFuture<Void> entered;
    private final ActorRefResolver resolver;
    private final Cluster cluster;
    private final Address here;
    private final FormationRule formation;
    private final Set<Address> known = new TreeSet<>(Member.addressOrdering());
    private final Map<Address, Integer> patience = new HashMap<>();
    private final Set<Address> refused = new TreeSet<>(Member.addressOrdering());
    private long joinedAtMs = nowMs() - A_CLUSTER_MS;
    private long saidAtMs = nowMs();
    private long mayBeginAtMs = Long.MAX_VALUE;
    private boolean looks;
    private long lookedAtMs;
    private String notFound = "";

    private ClusterDoor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Visitor visitor,
            CompletableFuture<Void> entered) {
        super(context);
        this.visitor = visitor;
        this.timers = timers;
        this.entered = entered;
        this.resolver = ActorRefResolver.get(context.getSystem());
        this.cluster = Cluster.get(context.getSystem());
        this.here = cluster.selfAddress();
        this.formation = new FormationRule(visitor.broker(), visitor.voters());
        timers.startTimerAtFixedRate(Own.TICK, TICK);
        look();
    }

    /**
     * Knocks.
     *
     * @return completes when this node is in the cluster, or with a {@link RefusedException}
     */
    public static CompletionStage<Void> enter(ActorSystem<?> system, Visitor visitor) {
        CompletableFuture<Void> entered = new CompletableFuture<>();
        Behavior<Command> behavior = Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new ClusterDoor(context, timers, visitor, entered)));
        system.systemActorOf(behavior, NAME, DispatcherSelector.fromConfig(DISPATCHER));
        return entered;
    }

    /** The cluster is none for this node; the message says why, in one line. */
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String why) {
            super(why);
        }
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Knock knock) {
            answer(knock);
        } else if (message instanceof Opened opened) {
            join(address(opened.host(), opened.port()));
        } else if (message instanceof Waits waits) {
            onWaits(waits);
        } else if (message instanceof Found found) {
            onFound(found.seeds());
        } else if (message instanceof NotFound failed) {
            onNotFound(failed.why());
        } else if (message instanceof Refused refused) {
            if (!isIn()) {
                timers.cancel(Own.TICK);
                entered.completeExceptionally(new RefusedException(refused.why()));
            }
        } else {
            tick();
        }
        return this;
    }

    private void look() {
        looks = true;
        lookedAtMs = nowMs();
        getContext()
                .pipeToSelf(
                        visitor.seeds().find(),
                        (seeds, failure) -> failure == null ? new Found(seeds) : new NotFound(failure));
    }

    private void onFound(List<Address> seeds) {
        looks = false;
        notFound = "";
        boolean more = known.addAll(seeds);
        known.remove(here);
        if (mayBeginAtMs == Long.MAX_VALUE) {
            mayBeginAtMs = known.isEmpty() ? nowMs() : nowMs() + LISTEN_MS;
        }
        if (more && !isIn()) {
            knock();
        }
    }

    private void onNotFound(Throwable why) {
        looks = false;
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        if (!String.valueOf(cause.getMessage()).equals(notFound)) {
            notFound = String.valueOf(cause.getMessage());
            LOG.warn("can't find other nodes: {}", notFound);
        }
    }

    private void onWaits(Waits waits) {
        meet(waits.host(), waits.port());
        if (waits.supports() == Waits.A_CLUSTER) {
            mayBeginAtMs = nowMs() + A_CLUSTER_MS;
        } else {
            formation.waits(waits.from(), waits.supports(), nowMs());
            formIfMay();
        }
    }

    private boolean isIn() {
        return cluster.selfMember().status() == MemberStatus.up();
    }

    private void tick() {
        if (isIn()) {
            timers.cancel(Own.TICK);
            olderTwin()
                    .ifPresentOrElse(
                            twin -> entered.completeExceptionally(new RefusedException(taken(visitor.broker(), twin))),
                            () -> entered.complete(null));
            return;
        }
        knock();
        formIfMay();
        if (!looks && nowMs() - lookedAtMs >= LOOK_MS) {
            look();
        }
        if (nowMs() - saidAtMs >= SAY_SO_MS) {
            saidAtMs = nowMs();
            LOG.warn(
                    "waiting to be let into the cluster by one of {}, or for a majority of the voters {}",
                    known,
                    visitor.voters());
        }
    }

    /** It has begun a cluster, or was asked into one: there will be no other, unless that one is gone before it has let this node in. */
    private boolean joins() {
        return nowMs() - joinedAtMs < A_CLUSTER_MS;
    }

    /** Real time, not ticks: those come late on a busy machine, just when it matters. */
    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ORIGIN_NANOS);
    }

    private void knock() {
        Knock knock = new Knock(
                visitor.broker(),
                here.getHost().orElseThrow(),
                here.getPort().orElseThrow(),
                visitor.clusterId().get(),
                visitor.voters());
        known.forEach(address -> doorOf(address).tell(knock));
    }

    private void formIfMay() {
        if (!isIn() && !joins() && nowMs() >= mayBeginAtMs && formation.mayForm(nowMs())) {
            join(here);
        }
    }

    private void join(Address address) {
        if (!isIn() && nowMs() - joinedAtMs >= JOIN_MS) {
            joinedAtMs = nowMs();
            LOG.info("joining the cluster at {}", address);
            cluster.join(address);
        }
    }

    private void answer(Knock knock) {
        ActorRef<Command> door = doorOf(address(knock.host(), knock.port()));
        Optional<String> objection = objection(knock);
        if (!isIn()) {
            // Who is wrong will be told by those who are in: until then there is nothing to agree on.
            if (objection.isEmpty() && knock.from() != visitor.broker()) {
                meet(knock.host(), knock.port());
                formation.isThere(knock.from(), nowMs());
                door.tell(new Waits(
                        visitor.broker(),
                        here.getHost().orElseThrow(),
                        here.getPort().orElseThrow(),
                        joins() ? Waits.A_CLUSTER : formation.supports(nowMs())));
            }
        } else if (objection.isPresent()) {
            if (refused.add(address(knock.host(), knock.port()))) {
                LOG.warn(
                        "broker {} at {}:{} is refused: {}", knock.from(), knock.host(), knock.port(), objection.get());
            }
            door.tell(new Refused(visitor.broker(), objection.get()));
        } else if (holder(knock).isPresent()) {
            refuseInTime(knock, door);
        } else {
            patience.remove(address(knock.host(), knock.port()));
            door.tell(new Opened(
                    visitor.broker(),
                    here.getHost().orElseThrow(),
                    here.getPort().orElseThrow()));
        }
    }

    private Optional<String> objection(Knock knock) {
        String own = visitor.clusterId().get();
        if (own != null && knock.clusterId() != null && !own.equals(knock.clusterId())) {
            return Optional.of("this node's data belongs to cluster " + knock.clusterId() + ", the nodes at "
                    + here.getHost().orElseThrow()
                    + ":" + here.getPort().orElseThrow() + " are cluster " + own);
        } else if (!Set.copyOf(visitor.voters()).equals(Set.copyOf(knock.voters()))) {
            return Optional.of("this node was started with the voters " + knock.voters() + ", the cluster has "
                    + visitor.voters() + " (--voters)");
        }
        return Optional.empty();
    }

    private void refuse(Knock knock, ActorRef<Command> door, String why) {
        if (refused.add(address(knock.host(), knock.port()))) {
            LOG.warn("broker {} at {}:{} is refused: {}", knock.from(), knock.host(), knock.port(), why);
        }
        door.tell(new Refused(visitor.broker(), why));
    }

    /** The one that has the number may have died just now: it has some time to be declared dead. */
    private void refuseInTime(Knock knock, ActorRef<Command> door) {
        int knocks = patience.merge(address(knock.host(), knock.port()), 1, Integer::sum);
        holder(knock)
                .filter(member -> knocks >= PATIENCE_KNOCKS && member.status() == MemberStatus.up())
                .ifPresentOrElse(
                        member -> refuse(knock, door, taken(knock.from(), member)),
                        () -> door.tell(new Waits(
                                visitor.broker(),
                                here.getHost().orElseThrow(),
                                here.getPort().orElseThrow(),
                                Waits.A_CLUSTER)));
    }

    /** Two processes with one number may get in at the same moment: whoever came later goes. */
    private Optional<Member> olderTwin() {
        Member self = cluster.selfMember();
        for (Member member : cluster.state().getMembers()) {
            OptionalInt broker = Peers.brokerOf(member);
            if (!member.uniqueAddress().equals(self.uniqueAddress())
                    && broker.isPresent()
                    && broker.getAsInt() == visitor.broker()
                    && member.status() == MemberStatus.up()
                    && member.isOlderThan(self)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    private static String taken(int broker, Member by) {
        return "broker " + broker + " runs already, at "
                + by.address().getHost().orElse("") + ":"
                + by.address().getPort().orElse(0) + ": choose another number with --node";
    }

    /** Another process with the number of the one that knocks. At the same address it is an earlier run, which makes room by itself. */
    private Optional<Member> holder(Knock knock) {
        Address theirs = address(knock.host(), knock.port());
        for (Member member : cluster.state().getMembers()) {
            OptionalInt broker = Peers.brokerOf(member);
            if (broker.isPresent() && broker.getAsInt() == knock.from() && !Objects.equals(member.address(), theirs)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    private void meet(String host, int port) {
        Address address = address(host, port);
        if (!address.equals(here)) {
            known.add(address);
        }
    }

    private Address address(String host, int port) {
        return new Address(here.protocol(), here.system(), host, port);
    }

    private ActorRef<Command> doorOf(Address address) {
        return resolver.resolveActorRef(address + "/system/" + NAME);
    }
}
