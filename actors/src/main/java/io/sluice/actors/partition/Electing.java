/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.replication.ReplicaCore;
import io.sluice.actors.replication.ReplicaEffect;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Gathers the promises that make this replica the leader, its own (on disk) among them. */
final class Electing extends Phase {
    /** Room for the numbers of one start. */
    private static final int SESSION_BITS = 20;

    private static final long MILLIS_A_SECOND = 1_000;
    /** 2020 begins: seconds since then fit an epoch until 2088. */
    private static final long FIRST_SECOND = 1_577_836_800;

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final PartitionStore store;
    private final ReplicaCore core;
    private final ReplicaKey key;
    private Behavior<PartitionCommand> next = this;

    Electing(ActorContext<PartitionCommand> actor, PartitionContext node, PartitionSpec spec, PartitionStore store) {
        super(actor, node, spec);
        this.store = store;
        this.key = new ReplicaKey(spec.partition().topicId(), spec.partition().partition());
        this.core = new ReplicaCore(
                new ReplicaCore.Identity(
                        node.brokerId(),
                        node.clock().millis() << SESSION_BITS,
                        ReplicaSet.first(spec.replicas()),
                        spec.config().minInsyncReplicas(),
                        ReplicaOrigin.UNQUESTIONED),
                node.states().get(key),
                new SoleReplicaLog(store));
        perform(core.start());
        perform(core.campaign((int) (node.clock().millis() / MILLIS_A_SECOND - FIRST_SECOND)));
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        if (message instanceof PartitionEvent.StatePersisted persisted) {
            onPersisted(persisted);
            return next;
        } else if (message == PartitionEvent.Recover.INSTANCE) {
            perform(core.campaign((int) (node.clock().millis() / MILLIS_A_SECOND - FIRST_SECOND)));
        } else if (message instanceof PartitionCommand.Configure configure) {
            store.configure(configure.config());
        } else if (message == PartitionCommand.Stop.INSTANCE) {
            return new Resigning(actor, node, spec, store, null, null);
        } else if (message instanceof PartitionCommand.Delete delete) {
            return new Resigning(actor, node, spec, store, null, delete);
        }
        return this;
    }

    private void onPersisted(PartitionEvent.StatePersisted persisted) {
        if (persisted.failure() != null) {
            retryLater(persisted.failure());
            return;
        }
        perform(core.persisted(persisted.state()));
    }

    private void retryLater(Throwable failure) {
        actor.getLog()
                .warn(
                        "partition {} can't lead yet, its state could not be written: {}",
                        spec.partition(),
                        describe(failure));
        actor.scheduleOnce(RETRY, actor.getSelf(), PartitionEvent.Recover.INSTANCE);
    }

    private void perform(List<ReplicaEffect> effects) {
        for (ReplicaEffect effect : effects) {
            if (effect instanceof ReplicaEffect.Persist persist) {
                ReplicaState state = persist.state();
                akka.actor.typed.ActorRef<PartitionCommand> self = actor.getSelf();
                node.states().put(key, state, failure -> self.tell(new PartitionEvent.StatePersisted(state, failure)));
            } else if (effect instanceof ReplicaEffect.BecomeLeader lead) {
                next = lead(lead.epoch());
            } else if (effect instanceof ReplicaEffect.ConfirmSet confirm) {
                // The set of one has never been changed.
                perform(core.setConfirmed(confirm.epoch()));
            } else if (effect instanceof ReplicaEffect.UncleanElection unclean) {
                actor.getLog()
                        .error(
                                "{}: its only log can't be trusted to be whole; it ends at {}, acknowledged records beyond may be lost",
                                spec.partition(),
                                unclean.logEnd());
            } else if (effect instanceof ReplicaEffect.Send) {
                throw new IllegalStateException("a replica set of one has no use for " + effect);
            }
        }
    }

    private Behavior<PartitionCommand> lead(int epoch) {
        try {
            store.beginEpoch(epoch);
        } catch (DiskFullException full) {
            retryLater(full);
            return this;
        } catch (IOException | RuntimeException failure) {
            return failed(store, null, "beginning epoch " + epoch, failure);
        }
        return Behaviors.setup(context -> new Leading(context, node, spec, store, core, epoch));
    }
}
