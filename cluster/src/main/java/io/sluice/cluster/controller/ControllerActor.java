/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.ReplicaStatus;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataBatches;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The controller at work: takes one request after the other, appends what the core decides, and goes on when the records are committed
 * and in this node's image. So every decision sees all that was decided before, and an answer is never ahead of the metadata.
 */
public final class ControllerActor extends AbstractOnMessageBehavior<ControllerCommand> {
    private static final int APPEND_TIMEOUT_MS = 30_000;
    private static final short ALL = -1;

    /**
     * What the controller works with.
     *
     * @param waitingMax {@code sluice.controller.requests.max}: requests of all nodes that wait for it
     */
    public record Parts(
            ControllerCore core,
            MetadataPublisher images,
            ControllerDirectory directory,
            MetadataBatches batches,
            int waitingMax,
            RelayMeters meters,
            Supplier<Set<Integer>> live) {}

    private static final Duration BALANCE_INTERVAL = Duration.ofSeconds(1);

    private record InFlight<R>(ControllerCommand.Submit<R> submit, Decision<R> decision) {
        void answer(long offset) {
            submit.reply().accept(decision.answer(), offset);
        }
    }

    private final PartitionHandle log;
    private final Parts parts;
    private final Consumer<ClusterImage> listener;
    private final Queue<ControllerCommand.Submit<?>> waiting = new ArrayDeque<>();
    private final long readyOffset;
    private ClusterImage image;
    private InFlight<?> inFlight;
    private long committedOffset = -1;

    private ControllerActor(ActorContext<ControllerCommand> context, PartitionHandle log, Parts parts) {
        super(context);
        this.log = log;
        this.parts = parts;
        // Everything that was committed before this leadership must be in the image that the first decision sees.
        this.readyOffset = log.view().logEndOffset();
        ActorRef<ControllerCommand> self = context.getSelf();
        this.listener = newImage -> self.tell(new ControllerCommand.ImagePublished(newImage));
        this.image = parts.images().subscribe(listener);
        parts.directory().set(self);
    }

    /** @param log the leader of {@code __cluster_metadata-0} */
    public static Behavior<ControllerCommand> create(PartitionHandle log, Parts parts) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(ControllerCommand.Balance.INSTANCE, BALANCE_INTERVAL);
            return Behaviors.setup(context -> new ControllerActor(context, log, parts));
        });
    }

    @Override
    public Behavior<ControllerCommand> onMessage(ControllerCommand message) {
        if (message instanceof ControllerCommand.Submit<?> submit
                && submit.request() instanceof ControllerRequest.DescribeQuorum) {
            describeQuorum(submit);
        } else if (message instanceof ControllerCommand.Submit<?> submit) {
            if (waiting.size() >= parts.waitingMax()) {
                parts.meters().refused.increment();
                refuse(
                        submit,
                        ErrorCode.REQUEST_TIMED_OUT,
                        "too many requests wait for the controller (sluice.controller.requests.max): try again");
            } else {
                waiting.add(submit);
            }
        } else if (message instanceof ControllerCommand.ImagePublished published) {
            image = published.image();
        } else if (message instanceof ControllerCommand.Appended appended) {
            onAppended(appended.result());
        } else if (message == ControllerCommand.Balance.INSTANCE) {
            balance();
        }
        answerCommitted();
        work();
        return this;
    }

    @Override
    public Behavior<ControllerCommand> onSignal(Signal signal) {
        if (signal == PostStop.instance()) {
            parts.directory().clear(getContext().getSelf());
            parts.images().unsubscribe(listener);
            if (inFlight != null) {
                moved(inFlight.submit());
            }
            waiting.forEach(this::moved);
        }
        return this;
    }

    /** Asks itself for the next moves, while there is something to move. */
    private void balance() {
        if (waiting.isEmpty() && (image.isRebalancing() || !image.draining().isEmpty())) {
            waiting.add(new ControllerCommand.Submit<>(
                    new ControllerRequest.ContinueBalancing(
                            parts.live().get().stream().sorted().toList()),
                    (answer, offset) -> {}));
        }
    }

    /** Needs no decision: the log's leader is asked. */
    @SuppressWarnings("unchecked") // a request has its own answer type
    private void describeQuorum(ControllerCommand.Submit<?> submit) {
        ControllerCommand.Submit<ControllerRequest.QuorumState> describe =
                (ControllerCommand.Submit<ControllerRequest.QuorumState>) submit;
        long offset = image.offset();
        log.describeReplicas(status -> describe.reply()
                .accept(
                        status == null
                                ? describe.request().refused(ErrorCode.NOT_CONTROLLER, "the controller has moved")
                                : state(status),
                        status == null ? -1L : offset));
    }

    private static ControllerRequest.QuorumState state(ReplicaStatus status) {
        return new ControllerRequest.QuorumState(
                ErrorCode.NONE,
                status.leader(),
                status.leaderEpoch(),
                status.logEnd(),
                status.highWatermark(),
                status.set().voters(),
                status.followers().stream()
                        .map(follower -> new ControllerRequest.QuorumState.Follower(follower.node(), follower.offset()))
                        .toList());
    }

    private void work() {
        while (inFlight == null && !waiting.isEmpty() && image.offset() >= readyOffset) {
            begin(waiting.poll());
        }
    }

    private <R> void begin(ControllerCommand.Submit<R> submit) {
        Decision<R> decision;
        try {
            decision = parts.core().decide(image, submit.request(), parts.live().get());
        } catch (RuntimeException bug) {
            getContext().getLog().error("a request to the controller failed: {}", submit.request(), bug);
            refuse(submit, ErrorCode.UNKNOWN_SERVER_ERROR, "the controller failed: " + bug);
            return;
        }
        if (decision.records().isEmpty()) {
            submit.reply().accept(decision.answer(), image.offset());
            return;
        }
        inFlight = new InFlight<>(submit, decision);
        ActorRef<ControllerCommand> self = getContext().getSelf();
        log.append(
                parts.batches().encode(decision.records()),
                AppendOrigin.COORDINATOR,
                ALL,
                APPEND_TIMEOUT_MS,
                result -> self.tell(new ControllerCommand.Appended(result)));
    }

    private void onAppended(AppendResult result) {
        if (result instanceof AppendResult.Appended appended) {
            committedOffset = appended.lastOffset() + 1;
        } else if (result instanceof AppendResult.Rejected rejected) {
            getContext().getLog().warn("a change of the metadata was not written: {}", rejected.message());
            refuse(inFlight.submit(), rejected.error(), rejected.message());
            inFlight = null;
        }
    }

    private void answerCommitted() {
        if (inFlight != null && committedOffset >= 0 && image.offset() >= committedOffset) {
            inFlight.answer(committedOffset);
            inFlight = null;
            committedOffset = -1;
        }
    }

    /** Somebody else decides, or the same one anew. */
    private <R> void moved(ControllerCommand.Submit<R> submit) {
        submit.reply().accept(submit.request().refused(ErrorCode.NOT_CONTROLLER, "the controller has moved"), -1L);
    }

    private <R> void refuse(ControllerCommand.Submit<R> submit, ErrorCode error, String message) {
        submit.reply().accept(submit.request().refused(error, message), image.offset());
    }
}
