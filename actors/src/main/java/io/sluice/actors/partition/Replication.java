/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.actors.replication.FetchReply;
import io.sluice.actors.replication.ReplicaCore;
import io.sluice.actors.replication.ReplicaEffect;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Drives the {@link ReplicaCore} of one replica: brings it messages, answers of the disk and the passing of time, and does what it
 * wants done.
 *
 * <p>This class is not thread-safe: its partition's actor owns it.
 */
final class Replication {
    /** Room for the numbers of one start, see {@link ReplicaCore.Identity}. */
    private static final int SESSION_BITS = 20;

    private static final long MILLIS_A_SECOND = 1_000;

    /** 2020 begins: seconds since then fit an epoch until 2088. */
    private static final long FIRST_SECOND = 1_577_836_800;

    private static final long RETRY_MIN_MS = 100;
    private static final long RETRY_MAX_MS = 1_000;
    private static final Duration SPREAD = Duration.ofMillis(20);

    /** A batch's base offset and length come before what its length counts. */
    private static final int BATCH_LENGTH_AT = 8;

    private static final int BATCH_OVERHEAD = 12;

    private record Asked(long number, FetchReply reply) {}

    private final ActorContext<PartitionCommand> actor;
    private final PartitionContext node;
    private final PartitionSpec spec;
    private final PartitionStore store;
    private final Replicating owner;
    private final ReplicaKey key;
    private final ReplicaCore core;
    private final Map<Integer, Asked> asked = new HashMap<>();
    private PartitionCommand.FetchAnswered answered;
    private List<Integer> acknowledging = List.of();
    private int inForce = -1;
    private boolean stepsDown;
    private boolean takesOver;
    private boolean retries;
    private boolean spreads;
    private boolean fetchesSnapshot;
    private long retryMs = RETRY_MIN_MS;

    Replication(
            ActorContext<PartitionCommand> actor,
            PartitionContext node,
            PartitionSpec spec,
            PartitionStore store,
            Replicating owner) {
        this.actor = actor;
        this.node = node;
        this.spec = spec;
        this.store = store;
        this.owner = owner;
        this.key = new ReplicaKey(spec.partition().topicId(), spec.partition().partition());
        this.core = new ReplicaCore(
                new ReplicaCore.Identity(
                        node.brokerId(),
                        node.clock().millis() << SESSION_BITS,
                        spec.set(),
                        spec.config().minInsyncReplicas(),
                        spec.origin()),
                node.states().get(key),
                new StoredReplicaLog(store));
    }

    ReplicaCore.Role role() {
        return core.role();
    }

    void start() throws IOException {
        perform(core.start());
        owner.idle();
    }

    void campaign() throws IOException {
        perform(core.campaign((int) (node.clock().millis() / MILLIS_A_SECOND - FIRST_SECOND)));
    }

    void handOver(List<Integer> order) throws IOException {
        perform(core.handOver(order));
    }

    /** Of a leader: {@link Replicating#epochStands} is the answer. */
    void confirmEpoch() throws IOException {
        perform(core.confirmEpoch());
    }

    boolean isCaughtUp() {
        return core.isCaughtUp();
    }

    boolean hasVote() {
        return core.set().voters().contains(node.brokerId());
    }

    void changeSet(ReplicaSet set) throws IOException {
        perform(core.changeSet(set));
    }

    /** Of a leader. */
    ReplicaStatus status(int leaderEpoch) {
        return new ReplicaStatus(
                node.brokerId(),
                leaderEpoch,
                store.view().logEndOffset(),
                store.view().highWatermark(),
                core.set(),
                core.progress());
    }

    void requireInsync(int replicas) throws IOException {
        perform(core.requireInsync(replicas));
    }

    /** The leader's own log has grown. */
    void appended() throws IOException {
        perform(core.appended(store.view().logEndOffset()));
    }

    /** Followers that wait for records must hear of the high watermark some time, also if none come. */
    private void spreadLater() {
        if (!spreads && core.hasHighWatermarkToSpread()) {
            spreads = true;
            actor.scheduleOnce(SPREAD, actor.getSelf(), PartitionEvent.SpreadHighWatermark.INSTANCE);
        }
    }

    /** What was asked of a leader that is not followed any more. */
    void cancelFetch() {
        node.link().cancel(key);
    }

    /** No message to or from other replicas from here on. */
    void end() {
        node.link().cancel(key);
        asked.clear();
    }

    /**
     * The log is about to be deleted: makes sure that nobody will ever believe that this replica still has it.
     *
     * @param then is run when that is on disk, or can't be
     */
    void forgetLog(Runnable then) {
        node.states().put(key, core.state().withoutLog(), failure -> then.run());
    }

    /** Call when the log is forced and closed: the replica is trusted after a power loss. */
    void remember() {
        for (ReplicaEffect effect : core.stop()) {
            if (effect instanceof ReplicaEffect.Persist persist) {
                node.states().put(key, persist.state(), failure -> {});
            }
        }
    }

    /** @return whether the message was for it */
    boolean onMessage(PartitionCommand message) throws IOException {
        if (message instanceof PartitionCommand.FetchFromReplica fetch) {
            asked.put(fetch.from(), new Asked(fetch.fetch().number(), fetch.reply()));
            owner.fetched(fetch.from(), fetch.fetch().offset());
            perform(core.receive(fetch.from(), fetch.fetch()));
        } else if (message instanceof PartitionCommand.FetchAnswered fetched) {
            onFetchAnswered(fetched);
        } else if (message instanceof PartitionCommand.FromReplica replica) {
            retryMs = RETRY_MIN_MS;
            perform(core.receive(replica.from(), replica.message()));
        } else if (message instanceof PartitionEvent.StatePersisted persisted) {
            onPersisted(persisted);
        } else if (message == PartitionEvent.Retry.INSTANCE) {
            retries = false;
            perform(core.retry());
        } else if (message == PartitionEvent.SpreadHighWatermark.INSTANCE) {
            spreads = false;
            perform(core.spreadHighWatermark());
        } else if (message instanceof PartitionEvent.SnapshotFetched fetched) {
            onSnapshotFetched(fetched.failure());
        } else if (message instanceof PartitionCommand.SetConfirmed confirmed) {
            perform(core.setConfirmed(confirmed.epoch()));
        } else if (message instanceof PartitionCommand.FetchInterrupted) {
            perform(core.retry());
        } else if (message instanceof PartitionCommand.LeaderKnown known) {
            if (known.broker() != node.brokerId()) {
                perform(core.follow(known.broker(), known.epoch()));
            }
        } else if (message instanceof PartitionCommand.BrokerGone gone) {
            asked.remove(gone.broker());
            perform(core.gone(gone.broker()));
        } else {
            return false;
        }
        return true;
    }

    private void onPersisted(PartitionEvent.StatePersisted persisted) throws IOException {
        if (persisted.failure() != null) {
            actor.getLog()
                    .warn(
                            "the state of {} could not be written, it is tried again: {}",
                            spec.partition(),
                            Phase.describe(persisted.failure()));
            retryLater();
        } else {
            perform(core.persisted(persisted.state()));
        }
    }

    private void onFetchAnswered(PartitionCommand.FetchAnswered fetched) throws IOException {
        if (needsSnapshot(fetched)) {
            fetched.release().run();
            return;
        }
        answered = fetched;
        long startBefore = store.view().logStartOffset();
        try {
            perform(core.receive(fetched.from(), fetched.answer()));
            if (store.view().logStartOffset() != startBefore) {
                owner.logChanged();
            }
        } finally {
            answered = null;
            fetched.release().run();
        }
    }

    /**
     * Whether an answer must wait for a snapshot: where the other log does not reach back to this one's end any more, this one may begin anew only
     * once it has what the records before added up to, on its own disk; for from then on it acknowledges them.
     */
    private boolean needsSnapshot(PartitionCommand.FetchAnswered fetched) throws IOException {
        if (spec.snapshots() != null && fetched.answer() instanceof ReplicaMessage.Diverging diverging) {
            requireAboveStart(diverging);
        } else if (spec.snapshots() != null
                && fetched.answer() instanceof ReplicaMessage.Restart restart
                && !spec.snapshots().reaches(restart.logStart())) {
            fetchSnapshot(fetched.from(), restart.logStart());
            return true;
        }
        return false;
    }

    private void fetchSnapshot(int broker, long logStart) {
        if (fetchesSnapshot) {
            return;
        }
        fetchesSnapshot = true;
        actor.getLog()
                .info(
                        "{}: the log of broker {} begins at offset {}, this one ends at {}: its snapshot is fetched",
                        spec.partition(),
                        broker,
                        logStart,
                        store.view().logEndOffset());
        ActorRef<PartitionCommand> self = actor.getSelf();
        spec.snapshots().fetch(broker, logStart, failure -> self.tell(new PartitionEvent.SnapshotFetched(failure)));
    }

    /** A snapshot has only what is committed: a log that parts from this one below its start has lost committed records. */
    private void requireAboveStart(ReplicaMessage.Diverging diverging) throws IOException {
        long start = store.view().logStartOffset();
        if (diverging.endOffset() >= 0 && diverging.endOffset() < start) {
            throw new IOException("the leader's log has only " + diverging.endOffset()
                    + " of the records of which this replica has a snapshot up to offset " + start
                    + ": committed records are lost, delete this replica's folder to follow the leader all the same");
        }
    }

    private void onSnapshotFetched(String failure) throws IOException {
        fetchesSnapshot = false;
        if (failure == null) {
            perform(core.retry());
        } else {
            actor.getLog().warn("{}: no snapshot yet, it is tried again: {}", spec.partition(), failure);
            retryLater();
        }
    }

    private void perform(List<ReplicaEffect> effects) throws IOException {
        boolean wrote = false;
        for (ReplicaEffect effect : effects) {
            if (effect instanceof ReplicaEffect.WriteFetched) {
                wrote = writeFetched();
            } else {
                perform(effect);
            }
        }
        if (takesOver) {
            takesOver = false;
            campaign();
        } else if (stepsDown) {
            stepsDown = false;
            perform(core.resign());
        } else if (wrote) {
            perform(core.appended(store.view().logEndOffset()));
            owner.logChanged();
        } else if (core.awaitsAnswer()) {
            retryLater();
        }
        spreadLater();
        owner.plays(core.role());
    }

    private void perform(ReplicaEffect effect) throws IOException {
        if (effect instanceof ReplicaEffect.Send send) {
            send(send.to(), send.message());
        } else if (effect instanceof ReplicaEffect.HighWatermark highWatermark) {
            owner.highWatermark(highWatermark.offset());
        } else if (effect instanceof ReplicaEffect.Persist persist) {
            persist(persist.state());
        } else if (effect instanceof ReplicaEffect.BecomeLeader lead) {
            lead(lead.epoch());
        } else if (effect instanceof ReplicaEffect.Following following) {
            owner.follow(following.epoch());
        } else if (effect instanceof ReplicaEffect.EpochStands) {
            owner.epochStands();
        } else if (effect instanceof ReplicaEffect.TakesOver) {
            takesOver = true;
        } else if (effect instanceof ReplicaEffect.StepDown) {
            asked.clear();
            owner.idle();
        } else if (effect instanceof ReplicaEffect.LeaderLost) {
            node.link().cancel(key);
            owner.idle();
        } else {
            tell(effect);
        }
    }

    private void tellInSync() {
        List<Integer> brokers = new ArrayList<>(acknowledging.size() + 1);
        brokers.add(node.brokerId());
        brokers.addAll(acknowledging);
        owner.inSync(new InSync(inForce, List.copyOf(brokers)));
    }

    private void lead(int epoch) throws IOException {
        inForce = -1;
        acknowledging = List.of();
        try {
            owner.lead(epoch);
        } catch (DiskFullException full) {
            actor.getLog().warn("{}: the disk is full, it can't be led from here yet", spec.partition());
            stepsDown = true;
        }
    }

    private void tell(ReplicaEffect effect) {
        if (effect instanceof ReplicaEffect.UncleanElection unclean) {
            actor.getLog()
                    .error(
                            "{}: too few replicas can be trusted, the log of broker {} was taken: records beyond offset {} may be"
                                    + " lost",
                            spec.partition(),
                            unclean.source(),
                            unclean.logEnd());
        } else if (effect instanceof ReplicaEffect.Admitted admitted) {
            actor.getLog().info("{}: trusted again in epoch {}", spec.partition(), admitted.epoch());
        } else if (effect instanceof ReplicaEffect.ConfirmSet confirm) {
            node.observer().confirmsSet(spec.partition(), confirm.epoch(), confirm.version());
        } else if (effect instanceof ReplicaEffect.SetInForce set) {
            inForce = set.set().version();
            tellInSync();
        } else if (effect instanceof ReplicaEffect.Acknowledging followers) {
            acknowledging = followers.nodes();
            tellInSync();
        } else {
            actor.getLog().debug("{}: {}", spec.partition(), effect);
        }
    }

    private void send(int to, ReplicaMessage message) {
        if (message instanceof ReplicaMessage.Fetch fetch) {
            node.link().fetch(to, key, fetch);
        } else if (message instanceof ReplicaMessage.Answer answer) {
            Asked fetch = asked.get(to);
            if (fetch != null && fetch.number() == answer.number()) {
                asked.remove(to);
                fetch.reply().answer(answer, store.view());
            }
        } else {
            node.link().send(to, key, message);
        }
    }

    private void persist(ReplicaState state) {
        ActorRef<PartitionCommand> self = actor.getSelf();
        node.states().put(key, state, failure -> self.tell(new PartitionEvent.StatePersisted(state, failure)));
    }

    /**
     * Writes the records of the answer that is being worked on.
     *
     * @return false if they could not be: they are fetched again
     */
    private boolean writeFetched() throws IOException {
        ByteBuffer records = answered.records();
        if (records == null) {
            return true;
        }
        cutToWholeBatches(records);
        return !records.hasRemaining() || append(records);
    }

    /** @return false if there is no room on the disk now, or the records are damaged: the leader's log may have been cut while they were on their way */
    private boolean append(ByteBuffer records) throws IOException {
        AppendResult result = store.prepare(records, AppendOrigin.REPLICATION, -1);
        if (result instanceof AppendResult.Rejected rejected) {
            actor.getLog()
                    .warn(
                            "{}: records of broker {} were refused ({} {}), they are fetched again",
                            spec.partition(),
                            answered.from(),
                            rejected.error(),
                            rejected.message());
            retryLater();
            return false;
        }
        try {
            store.write();
            return true;
        } catch (DiskFullException full) {
            actor.getLog().warn("{}: the disk is full, following waits", spec.partition());
            retryLater();
            return false;
        }
    }

    /** A slice of a log may end within a batch. */
    private static void cutToWholeBatches(ByteBuffer records) {
        int end = records.position();
        while (records.limit() - end >= BATCH_OVERHEAD) {
            long size = (long) records.getInt(end + BATCH_LENGTH_AT) + BATCH_OVERHEAD;
            if (size < BATCH_OVERHEAD || size > records.limit() - end) {
                break;
            }
            end += (int) size;
        }
        records.limit(end);
    }

    private void retryLater() {
        if (!retries) {
            retries = true;
            actor.scheduleOnce(Duration.ofMillis(retryMs), actor.getSelf(), PartitionEvent.Retry.INSTANCE);
            retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
        }
    }
}
