/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.actors.replication.ReplicaCore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The log is open: leads, follows, or waits for either, as its {@link ReplicaCore} decides. */
final class Replicating extends Phase {
    /** The next candidacy after one that did not succeed, at the earliest and at the latest. */
    private static final int CAMPAIGN_AGAIN_MIN_MS = 300;

    private static final int CAMPAIGN_AGAIN_MAX_MS = 900;

    /** A message about who leads, or to who shall, may have got lost. */
    private static final Duration SEEK_AGAIN = Duration.ofSeconds(1);

    private final PartitionStore store;
    private final Replication replication;
    private final LogUpkeep upkeep;
    private Term term = new Idle(null);
    private ReadablePartition handle;
    private boolean chosen;
    private boolean campaignsAgain;
    private boolean seeks;
    private boolean ended;

    Replicating(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec, PartitionStore store)
            throws IOException {
        super(actor, node, spec);
        this.store = store;
        this.upkeep = new LogUpkeep(actor, node, spec, store);
        this.replication = new Replication(actor, node, spec, store, this);
        replication.start();
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        try {
            return dispatch(message);
        } catch (IOException | RuntimeException failure) {
            endTerm(failure);
            return failed(store, handle, "its log", failure);
        }
    }

    private Behavior<PartitionCommand> dispatch(PartitionCommand message) throws IOException {
        if (message instanceof PartitionCommand.Append || message == PartitionEvent.Flush.INSTANCE) {
            term.onMessage(message);
        } else if (message instanceof PartitionCommand.Campaign) {
            chosen = true;
            campaign();
        } else if (message == PartitionCommand.Withdraw.INSTANCE) {
            chosen = false;
        } else if (message instanceof PartitionCommand.HandOver handOver) {
            chosen = false;
            term.settle();
            replication.handOver(handOver.order());
        } else if (message == PartitionEvent.Recover.INSTANCE) {
            campaignsAgain = false;
            campaign();
        } else if (message == PartitionEvent.Seek.INSTANCE) {
            seeks = false;
            if (replication.role() == ReplicaCore.Role.WAITING) {
                campaign();
                seekLeader();
            }
        } else if (message instanceof PartitionCommand.Configure configure) {
            onConfigure(configure);
        } else if (message instanceof PartitionCommand.ChangeSet change) {
            onChangeSet(change);
        } else if (message instanceof PartitionCommand.DescribeReplicas describe && term instanceof Leading) {
            ReadablePartition.describe(describe.reply(), replication.status(handle.leaderEpoch()));
        } else if (message == PartitionCommand.Maintain.INSTANCE) {
            term.settle();
            upkeep.onMessage(message);
            term.logChanged();
        } else if (message == PartitionCommand.Stop.INSTANCE) {
            return close(null);
        } else if (message instanceof PartitionCommand.Delete delete) {
            return close(delete);
        } else if (upkeep.onMessage(message)) {
            term.logChanged();
        } else if (!replication.onMessage(message)) {
            term.onMessage(message);
        }
        return this;
    }

    /** A replica without a vote can't lead, chosen or not: it waits until it has one, or another is chosen. */
    private void campaign() throws IOException {
        if (!chosen || !replication.hasVote() || replication.role() == ReplicaCore.Role.LEADER) {
            return;
        } else if (replication.role() == ReplicaCore.Role.FOLLOWER && !replication.isCaughtUp()) {
            // A leader that first has to catch up costs everybody more than one that is not the preferred one.
            campaignAgain();
        } else {
            replication.campaign();
        }
    }

    private void campaignAgain() {
        if (chosen && !campaignsAgain) {
            campaignsAgain = true;
            int delayMs = ThreadLocalRandom.current().nextInt(CAMPAIGN_AGAIN_MIN_MS, CAMPAIGN_AGAIN_MAX_MS);
            actor.scheduleOnce(Duration.ofMillis(delayMs), actor.getSelf(), PartitionEvent.Recover.INSTANCE);
        }
    }

    /** Has a leader sought, again and again as long as there is none. */
    private void seekLeader() {
        if (term instanceof Idle && !chosen) {
            node.observer().seeksLeader(spec.partition());
            seekLater();
        }
    }

    private void seekLater() {
        if (!seeks) {
            seeks = true;
            actor.scheduleOnce(SEEK_AGAIN, actor.getSelf(), PartitionEvent.Seek.INSTANCE);
        }
    }

    /** A candidate that knew too old a set, or had no vote in it, may try again. */
    private void onChangeSet(PartitionCommand.ChangeSet change) throws IOException {
        term.settle();
        replication.changeSet(change.set());
        if (term instanceof Idle) {
            campaignAgain();
        }
    }

    private void onConfigure(PartitionCommand.Configure configure) throws IOException {
        term.settle();
        upkeep.configure(configure.config());
        replication.requireInsync(configure.config().minInsyncReplicas());
        term.configure(configure.config());
        term.logChanged();
    }

    @Override
    public Behavior<PartitionCommand> onSignal(Signal signal) {
        if (signal instanceof Terminated terminated && term instanceof Leading leading) {
            leading.terminated(terminated.getRef().unsafeUpcast());
        } else if (signal == PostStop.instance() && !ended) {
            // The whole system stops without having stopped this actor first: the log is closed, nobody is left to be
            // answered.
            endTerm(null);
            closeAbruptly();
        }
        return this;
    }

    // What the replication decides

    void lead(int epoch) throws IOException {
        endTerm(null);
        store.beginEpoch(epoch);
        handle = handle(epoch, true);
        term = new Leading(actor, node, spec, store, handle, upkeep, replication);
    }

    void follow(int epoch) {
        endTerm(null);
        handle = handle(epoch, false);
        term = new Following(node, store, handle);
        campaignAgain();
    }

    /** Neither leads nor follows. */
    void idle() {
        endTerm(null);
        campaignAgain();
        seekLeader();
    }

    /**
     * Who follows may promise itself to a candidate, or become one: that ends the term without a word of its own. The candidate most often
     * wins and says so; if it does not, somebody else has to be found.
     */
    void plays(ReplicaCore.Role role) {
        if (term instanceof Following && role != ReplicaCore.Role.FOLLOWER) {
            endTerm(null);
            replication.cancelFetch();
            if (role == ReplicaCore.Role.WAITING) {
                seekLater();
            }
        }
    }

    void highWatermark(long offset) throws IOException {
        term.highWatermark(offset);
    }

    void epochStands() {
        if (term instanceof Leading leading) {
            leading.epochStands();
        }
    }

    /** What a leader knows of its replicas. */
    void inSync(InSync known) {
        handle.publish(known);
        node.observer().inSync(handle);
    }

    /** Another replica has everything up to the offset, if it follows. */
    void fetched(int broker, long offset) {
        if (term instanceof Leading) {
            handle.fetched(broker, offset);
        }
    }

    void logChanged() {
        term.logChanged();
        upkeep.written();
    }

    private ReadablePartition handle(int epoch, boolean leads) {
        return new ReadablePartition(
                spec.partition(),
                epoch,
                actor.getSelf(),
                new MailboxBudget(node.mailboxes(), node.limits().partitionMailboxMaxBytes()),
                leads,
                store.view());
    }

    private void endTerm(Throwable failure) {
        term.end(failure);
        term = new Idle(handle);
    }

    // The end

    private Behavior<PartitionCommand> close(PartitionCommand.Delete delete) throws IOException {
        term.settle();
        endTerm(null);
        ended = true;
        replication.end();
        return new Resigning(actor, node, spec, store, replication, handle, delete);
    }

    private void closeAbruptly() {
        try {
            store.close();
        } catch (IOException | RuntimeException failure) {
            actor.getLog().warn("closing the log of {} failed: {}", spec.partition(), describe(failure));
        }
        node.observer().stopped(spec.partition());
    }
}
