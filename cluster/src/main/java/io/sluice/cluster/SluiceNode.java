/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorSystem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A running node: what protocols see ({@link Node}), and its life. */
public interface SluiceNode extends Node {
    /**
     * Opens a node: its data directory and its actor system. It is in no cluster yet, and serves nobody but other nodes' replicas, from its
     * {@link #enter} on.
     *
     * @throws StartupException in one line: what is in the way and what to do
     */
    static SluiceNode open(NodeOptions options) {
        return NodeStart.open(options);
    }

    /** Opens a node, and has it enter under the addresses that the options tell. */
    static CompletionStage<SluiceNode> start(NodeOptions options) {
        SluiceNode node;
        try {
            node = open(options);
        } catch (StartupException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        Address address = new Address(options.advertisedHost(), options.advertisedPort());
        return node.enter(address, address).thenApply(nothing -> node);
    }

    /** A host and a port. */
    record Address(String host, int port) {}

    /**
     * Enters the cluster (without seeds, one of its own), follows its metadata, opens the replicas that are here. Completes when all of them lead,
     * follow or have failed, or with a {@link StartupException}; the node is stopped then. Call it once.
     *
     * @param replicas where other nodes reach this one's Kafka listener, which listens by now
     * @param clients what is registered as this broker's Kafka address
     */
    CompletionStage<Void> enter(Address replicas, Address clients);

    /** How this node is now: any thread, at any time from its opening on. */
    Health health();

    /** Tells the other nodes where this one serves HTTP, as clients reach it. */
    void servesHttp(Address address);

    /** What the node runs on, for protocols that are made of Akka themselves. It is gone when the node has stopped. */
    ActorSystem<?> actorSystem();

    /** Where Akka remoting listens: {@code host:port}. */
    String akkaAddress();

    /** Registers this broker's Kafka address, where it was not known before the start (port 0). Completes when the metadata has it. */
    CompletionStage<Void> advertise(String host, int port);

    /** Completes when the node has stopped, also if it did so by itself: a node that can't go on says why in its log. */
    CompletionStage<Void> whenStopped();

    /**
     * Has other brokers lead what this one leads, as far as they can; clients are served meanwhile. Completes when nothing is left that could be
     * handed over, or after some seconds. To be called before the listeners close.
     */
    CompletionStage<Void> handOver();

    /** Closes the logs cleanly, and completes when no thread, file or port of the node is left. Any number of calls. */
    CompletionStage<Void> stop();
}
