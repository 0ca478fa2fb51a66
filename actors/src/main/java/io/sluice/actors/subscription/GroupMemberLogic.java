/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.TimerGraphStageLogic;
import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A member of a consumer group, as an ordinary Kafka consumer is one.
 *
 * <pre>
 *   JOINING ---- every member is here ----> SYNCING ---- the leader has spread the partitions ----> STARTING ---- offsets are known ----> READING
 *      ^                                      |                                                       |                                      |
 *      +--------------------------------------+------ somebody comes or goes, or it was thought dead -+--------------------------------------+
 * </pre>
 *
 * <p>What was read is stopped before it joins again, so two members never read one partition at the same time, as far as the group knows.
 */
final class GroupMemberLogic extends TimerGraphStageLogic {
    private enum State {
        JOINING,
        SYNCING,
        STARTING,
        READING
    }

    private enum Timer {
        JOIN,
        START,
        HEARTBEAT,
        COMMIT
    }

    private static final Set<ErrorCode> PASSING = Set.of(
            ErrorCode.NOT_COORDINATOR,
            ErrorCode.COORDINATOR_NOT_AVAILABLE,
            ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
            ErrorCode.REQUEST_TIMED_OUT,
            ErrorCode.REBALANCE_IN_PROGRESS,
            ErrorCode.UNSTABLE_OFFSET_COMMIT);

    private static final Set<ErrorCode> THOUGHT_DEAD =
            Set.of(ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION, ErrorCode.FENCED_INSTANCE_ID);

    private final SubscriptionEngine engine;
    private final SubscriptionRequest request;
    private final StartPosition.Group group;
    private final Outlet<GroupAssignment> out;
    private final AsyncCallback<Runnable> onStream;
    private final GroupControl control;
    private final Runnable grown;
    private State state = State.JOINING;
    private CompletableFuture<?> asked;
    private String memberId = "";
    private int generation = -1;
    private boolean leads;
    private int tries;
    private Map<String, List<Integer>> assigned = Map.of();
    private GroupAssignment next;
    private SubscriptionControl current;

    /** What it read in its last generation; stopped. */
    private SubscriptionControl before;

    private int generationBefore;
    private Positions committed = Positions.EMPTY;
    private boolean paused;
    private boolean ended;
    private Throwable failure;

    GroupMemberLogic(
            SubscriptionEngine engine,
            SubscriptionRequest request,
            StartPosition.Group group,
            Outlet<GroupAssignment> out,
            SourceShape<GroupAssignment> shape) {
        super(shape);
        this.engine = engine;
        this.request = request;
        this.group = group;
        this.out = out;
        this.onStream = createAsyncCallback(this::run);
        this.control = new GroupControl(onStream::invoke, this);
        this.grown = () -> onStream.invoke(this::topicHasGrown);
        setHandler(out, new AbstractOutHandler() {
            @Override
            public void onPull() {
                deliver();
            }
        });
    }

    SubscriptionControl control() {
        return control;
    }

    // ---- life

    @Override
    public void preStart() {
        try {
            SubscribedPartition.of(request, engine.directory());
            if (request.topics().stream().anyMatch(topic -> !topic.partitions().isEmpty())) {
                throw new SubscriptionException(
                        Code.INVALID_REQUEST,
                        "a member of a group reads the partitions that the group gives it: name topics only");
            }
        } catch (SubscriptionException refused) {
            fail(refused);
            return;
        }
        request.topics().forEach(topic -> {
            PartitionDirectory.Topic now = engine.directory().topic(topic.topic());
            engine.growth().watch(topic.topic(), now == null ? 0 : now.partitions(), grown);
        });
        scheduleWithFixedDelay(
                Timer.HEARTBEAT, SubscriptionSettings.GROUP_HEARTBEAT, SubscriptionSettings.GROUP_HEARTBEAT);
        if (group.autoCommit()) {
            scheduleWithFixedDelay(Timer.COMMIT, SubscriptionSettings.GROUP_COMMIT, SubscriptionSettings.GROUP_COMMIT);
        }
        join();
    }

    @Override
    public void postStop() {
        request.topics().forEach(topic -> engine.growth().forget(topic.topic(), grown));
        if (asked != null) {
            asked.cancel(false);
        }
        commitAsked();
        if (current != null) {
            commitDelivered();
            current.stop();
        }
        if (!memberId.isEmpty()) {
            CompletableFuture<?> unused = engine.groups()
                    .ask(
                            new Leave(group.group(), List.of(new Leaver(memberId, null, "the subscription has ended"))),
                            SubscriptionSettings.GROUP_TIMEOUT_MS);
        }
        control.ended(failure != null ? failure : new CancellationException("the subscription was stopped"));
    }

    private void fail(Throwable cause) {
        if (!ended) {
            ended = true;
            failure = cause;
            engine.meters().failed.increment();
            failStage(cause);
        }
    }

    private void run(Runnable task) {
        if (!ended) {
            task.run();
        }
    }

    private <R extends GroupResponse> CompletableFuture<R> ask(
            GroupRequest<R> question, int timeoutMs, Consumer<R> then) {
        CompletableFuture<R> answer = engine.groups().ask(question, timeoutMs);
        CompletableFuture<R> unused = answer.whenComplete((value, taken) -> {
            if (taken == null) {
                onStream.invoke(() -> then.accept(value));
            }
        });
        return answer;
    }

    // ---- joining

    private void join() {
        state = State.JOINING;
        Bytes topics = ConsumerProtocol.subscription(
                request.topics().stream().map(TopicSelection::topic).toList());
        List<Protocol> protocols = new ArrayList<>();
        for (GroupAssignor assignor : GroupAssignor.values()) {
            protocols.add(new Protocol(assignor.protocol, topics));
        }
        Join join = new Join(
                group.group(),
                memberId,
                null,
                group.clientId(),
                "",
                true,
                false,
                SubscriptionSettings.GROUP_SESSION_MS,
                SubscriptionSettings.GROUP_REBALANCE_MS,
                ConsumerProtocol.TYPE,
                protocols,
                null);
        asked = ask(
                join, SubscriptionSettings.GROUP_REBALANCE_MS + SubscriptionSettings.GROUP_TIMEOUT_MS, this::joined);
    }

    private void joined(Joined answer) {
        if (answer.error() == ErrorCode.NONE) {
            memberId = answer.memberId();
            generation = answer.generation();
            leads = answer.leader().equals(memberId);
            sync(leads ? spread(answer) : Map.of());
        } else if (answer.error() == ErrorCode.MEMBER_ID_REQUIRED) {
            memberId = answer.memberId();
            join();
        } else {
            again(answer.error());
        }
    }

    private Map<String, Bytes> spread(Joined answer) {
        GroupAssignor assignor = GroupAssignor.of(answer.protocolName());
        Map<String, Set<String>> members = new HashMap<>();
        for (JoinedMember member : answer.members()) {
            members.put(member.memberId(), topics(member));
        }
        Map<String, Bytes> assignments = new HashMap<>();
        if (assignor != null) {
            assignor.assign(members, this::partitionsOf)
                    .forEach((member, partitions) -> assignments.put(member, ConsumerProtocol.assignment(partitions)));
        }
        return assignments;
    }

    /** Who says what nobody understands gets nothing. */
    private static Set<String> topics(JoinedMember member) {
        try {
            return ConsumerProtocol.topics(member.metadata());
        } catch (IllegalArgumentException notUnderstood) {
            return Set.of();
        }
    }

    private int partitionsOf(String topic) {
        PartitionDirectory.Topic known = engine.directory().topic(topic);
        return known == null ? 0 : known.partitions();
    }

    private void sync(Map<String, Bytes> assignments) {
        state = State.SYNCING;
        asked = ask(
                new Sync(group.group(), generation, memberId, null, null, null, assignments),
                SubscriptionSettings.GROUP_REBALANCE_MS + SubscriptionSettings.GROUP_TIMEOUT_MS,
                this::synced);
    }

    private void synced(Synced answer) {
        if (answer.error() != ErrorCode.NONE) {
            again(answer.error());
            return;
        }
        try {
            assigned = ConsumerProtocol.assigned(answer.assignment());
        } catch (IllegalArgumentException notUnderstood) {
            fail(new SubscriptionException(
                    Code.GROUP_REFUSED,
                    "what the leader of group '" + group.group() + "' has assigned can't be understood: "
                            + notUnderstood.getMessage(),
                    notUnderstood));
            return;
        }
        tries = 0;
        startReading();
    }

    /** Joins again, at once or a moment later; or gives up. */
    private void again(ErrorCode error) {
        state = State.JOINING;
        if (THOUGHT_DEAD.contains(error)) {
            memberId = "";
        } else if (!PASSING.contains(error)) {
            fail(new SubscriptionException(
                    Code.GROUP_REFUSED, "the coordinator of group '" + group.group() + "' refuses: " + error));
            return;
        }
        later(Timer.JOIN, error);
    }

    private void later(Timer what, ErrorCode error) {
        if (++tries > SubscriptionSettings.MAX_GROUP_TRIES) {
            fail(new SubscriptionException(
                    Code.COORDINATOR_NOT_AVAILABLE,
                    "group '" + group.group() + "' can't be joined: " + error + ", after " + tries + " tries"));
        } else {
            scheduleOnce(what, SubscriptionSettings.GROUP_PAUSE);
        }
    }

    // ---- reading

    private void startReading() {
        state = State.STARTING;
        List<PartitionKey> keys = new ArrayList<>();
        boolean known = true;
        for (Map.Entry<String, List<Integer>> topic : assigned.entrySet()) {
            int partitions = partitionsOf(topic.getKey());
            for (int partition : topic.getValue()) {
                keys.add(new PartitionKey(topic.getKey(), partition));
                known &= partition >= 0 && partition < partitions;
            }
        }
        if (!known) {
            // The leader knows a newer state of the cluster than this node.
            later(Timer.START, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            return;
        }
        int asking = generation;
        asked = ask(new FetchOffsets(group.group(), keys), SubscriptionSettings.GROUP_TIMEOUT_MS, offsets -> {
            if (state == State.STARTING && generation == asking) {
                offsetsKnown(offsets);
            }
        });
    }

    private void offsetsKnown(FetchedOffsets offsets) {
        if (PASSING.contains(offsets.error())) {
            later(Timer.START, offsets.error());
            return;
        } else if (offsets.error() != ErrorCode.NONE) {
            again(offsets.error());
            return;
        }
        tries = 0;
        Map<PartitionName, Long> known = new HashMap<>();
        offsets.offsets()
                .forEach((key, offset) -> known.put(new PartitionName(key.topic(), key.partition()), offset.offset()));
        committed = Positions.of(known);
        if (before != null && generation == generationBefore + 1) {
            // Nobody else can have read in between what stays with this member.
            before.positions().offsets().forEach((partition, offset) -> {
                if (assigned.getOrDefault(partition.topic(), List.of()).contains(partition.partition())) {
                    known.put(partition, offset);
                }
            });
        }
        before = null;
        List<TopicSelection> topics = new ArrayList<>();
        assigned.forEach((topic, partitions) -> {
            if (!partitions.isEmpty()) {
                topics.add(new TopicSelection(topic, new HashSet<>(partitions)));
            }
        });
        state = State.READING;
        next = new GroupAssignment(generation, topics, Positions.of(known), control);
        deliver();
    }

    private void deliver() {
        if (next != null && isAvailable(out)) {
            GroupAssignment assignment = next;
            next = null;
            push(out, assignment);
        }
    }

    /** The stream behind this one has begun to read. */
    void reading(int ofGeneration, SubscriptionControl reader) {
        if (state != State.READING || ofGeneration != generation) {
            reader.stop();
            return;
        }
        current = reader;
        control.use(reader);
        if (paused) {
            reader.pause();
        }
        reader.started().whenComplete((positions, failed) -> {
            if (failed == null) {
                control.startIsKnown(positions);
            }
        });
    }

    private void stopReading() {
        next = null;
        if (current != null) {
            commitDelivered();
            current.stop();
            before = current;
            generationBefore = generation;
            current = null;
        }
    }

    private void rejoin() {
        stopReading();
        join();
    }

    private void topicHasGrown() {
        if (state == State.READING && leads) {
            rejoin();
        }
    }

    @Override
    public void onTimer(Object key) {
        if (ended) {
            return;
        }
        if (key == Timer.JOIN) {
            join();
        } else if (key == Timer.START && state == State.STARTING) {
            startReading();
        } else if (key == Timer.HEARTBEAT && (state == State.READING || state == State.STARTING)) {
            int beating = generation;
            CompletableFuture<?> unused = ask(
                    new Heartbeat(group.group(), generation, memberId, null),
                    SubscriptionSettings.GROUP_TIMEOUT_MS,
                    outcome -> heartbeat(beating, outcome));
        } else if (key == Timer.COMMIT) {
            commitDelivered();
        }
    }

    private void heartbeat(int ofGeneration, Outcome outcome) {
        boolean stale = ofGeneration != generation || (state != State.READING && state != State.STARTING);
        if (stale || outcome.error() == ErrorCode.NONE) {
            return;
        }
        if (outcome.error() == ErrorCode.REBALANCE_IN_PROGRESS) {
            rejoin();
        } else if (THOUGHT_DEAD.contains(outcome.error())) {
            stopReading();
            memberId = "";
            join();
        } else if (!PASSING.contains(outcome.error())) {
            stopReading();
            again(outcome.error());
        }
    }

    // ---- what its control asks for

    void onCurrent(Consumer<SubscriptionControl> what) {
        if (current != null) {
            what.accept(current);
        }
    }

    void pause(boolean pauses) {
        paused = pauses;
        onCurrent(pauses ? SubscriptionControl::pause : SubscriptionControl::resume);
    }

    void stop() {
        ended = true;
        if (current != null) {
            commitDelivered();
            current.stop();
            current = null;
        }
        completeStage();
    }

    // ---- committing

    /** By itself, if that was chosen: what was handed to the subscriber. */
    private void commitDelivered() {
        if (!group.autoCommit() || current == null) {
            return;
        }
        Positions delivered = current.positions();
        if (!delivered.equals(committed) && !delivered.offsets().isEmpty()) {
            committed = delivered;
            CompletableFuture<?> unused = engine.groups().ask(commit(delivered), SubscriptionSettings.GROUP_TIMEOUT_MS);
        }
    }

    private Commit commit(Positions positions) {
        List<NewOffset> offsets = new ArrayList<>();
        positions.offsets().forEach((partition, offset) -> {
            PartitionDirectory.Topic topic = engine.directory().topic(partition.topic());
            if (topic != null) {
                offsets.add(new NewOffset(partition.topic(), topic.id(), partition.partition(), offset, -1, ""));
            }
        });
        return new Commit(group.group(), generation, memberId, null, -1, true, offsets);
    }

    /** For the subscriber. */
    void commitAsked() {
        for (GroupControl.AskedCommit asked = control.nextCommit(); asked != null; asked = control.nextCommit()) {
            commit(asked.positions(), asked.done());
        }
    }

    private void commit(Positions positions, CompletableFuture<Void> done) {
        if (state != State.READING) {
            done.completeExceptionally(refused(ErrorCode.REBALANCE_IN_PROGRESS.toString()));
            return;
        }
        for (PartitionName partition : positions.offsets().keySet()) {
            // The coordinator would take it, and whoever has the partition now would be thrown back.
            if (!assigned.getOrDefault(partition.topic(), List.of()).contains(partition.partition())) {
                done.completeExceptionally(refused(partition + " is not this member's"));
                return;
            }
        }
        CompletableFuture<?> unused = ask(commit(positions), SubscriptionSettings.GROUP_TIMEOUT_MS, answer -> {
            ErrorCode error = answer.error();
            for (ErrorCode ofPartition : answer.partitions().values()) {
                error = error == ErrorCode.NONE ? ofPartition : error;
            }
            if (error == ErrorCode.NONE) {
                done.complete(null);
            } else {
                done.completeExceptionally(refused(error.toString()));
            }
        });
    }

    private SubscriptionException refused(String why) {
        return new SubscriptionException(
                Code.COMMIT_REFUSED, "offsets of group '" + group.group() + "' were not committed: " + why);
    }
}
