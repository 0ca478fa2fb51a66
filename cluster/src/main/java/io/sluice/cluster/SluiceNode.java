/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import java.util.concurrent.CompletionStage;

/** A running node: what protocols see ({@link Node}), and its life. */
public interface SluiceNode extends Node {
    /**
     * Starts a node. It forms a cluster of one, opens its partitions, and is ready when every partition that the metadata names
     * serves or has failed.
     *
     * @return completes with the node, or exceptionally with a {@link StartupException}
     */
    static CompletionStage<SluiceNode> start(NodeOptions options) {
        return NodeStart.start(options);
    }

    /** Where Akka remoting listens: {@code host:port}. */
    String akkaAddress();

    /** Registers this broker's Kafka address, where it was not known before the start (port 0). Completes when the metadata has it. */
    CompletionStage<Void> advertise(String host, int port);

    /** Completes when the node has stopped, also if it did so by itself: a node that can't go on says why in its log. */
    CompletionStage<Void> whenStopped();

    /** Hands over, closes the logs cleanly, and completes when no thread, file or port of the node is left. Any number of calls. */
    CompletionStage<Void> stop();
}
