/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.actor.typed.ActorSystem;
import akka.stream.SharedKillSwitch;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.Health;
import io.sluice.cluster.Node;
import io.sluice.http.auth.Authenticator;
import io.sluice.http.auth.Tickets;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.record.Waits;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.socket.Sockets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What routes work with.
 *
 * @param health how the node is now
 * @param streams ends the streams that have no end of their own
 * @param heartbeat how often those say something that is nothing
 * @param blocking for whatever reads files; refuses what is too much ({@link java.util.concurrent.RejectedExecutionException})
 */
record HttpServices(
        Node node,
        ActorSystem<?> system,
        Supplier<Health> health,
        Bodies bodies,
        MemoryBudget memory,
        Sockets sockets,
        Authenticator authenticator,
        Tickets tickets,
        Waits waits,
        OtherNodes others,
        SharedKillSwitch streams,
        Duration heartbeat,
        Executor blocking,
        InstantSource clock,
        PrometheusMeterRegistry meters) {}
