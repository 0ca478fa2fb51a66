/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import java.time.Duration;
import java.util.Optional;

/** The child that some internal partitions have while they lead; see {@link LeaderService}. If it fails it is started again, with a pause. */
final class ServiceKeeper {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ActorContext<PartitionCommand> actor;
    private final LeaderService services;
    private final PartitionHandle handle;
    private ActorRef<Void> child;
    private int starts;

    ServiceKeeper(ActorContext<PartitionCommand> actor, LeaderService services, PartitionHandle handle) {
        this.actor = actor;
        this.services = services;
        this.handle = handle;
    }

    void start() {
        Optional<Behavior<Void>> service = services.at(handle);
        if (service.isPresent()) {
            child = actor.spawn(service.get(), "service-" + starts++);
            actor.watch(child);
        }
    }

    /** A child is gone. */
    void terminated(ActorRef<Void> ref) {
        if (ref.equals(child)) {
            child = null;
            actor.getLog().error("the service at {} has failed and is started again", handle.partition());
            actor.scheduleOnce(PAUSE, actor.getSelf(), PartitionEvent.RestartService.INSTANCE);
        }
    }

    void restart() {
        if (child == null) {
            start();
        }
    }

    void stop() {
        if (child != null) {
            actor.unwatch(child);
            actor.stop(child);
            child = null;
        }
    }
}
