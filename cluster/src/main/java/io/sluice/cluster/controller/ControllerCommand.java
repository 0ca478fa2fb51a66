/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.log.AppendResult;
import java.util.function.BiConsumer;

/** What the controller's actor is told. */
public sealed interface ControllerCommand {
    /**
     * A request.
     *
     * @param reply called once with the answer and the offset after its records (-1 if this controller does not decide), on the controller's thread: hand over to your own and return
     */
    record Submit<R>(ControllerRequest<R> request, BiConsumer<R, Long> reply) implements ControllerCommand {}

    /** This node's newest image. */
    record ImagePublished(ClusterImage image) implements ControllerCommand {}

    /** What became of the records of the request at hand. */
    record Appended(AppendResult result) implements ControllerCommand {}

    /** Time to see whether replicas are to be moved. */
    enum Balance implements ControllerCommand {
        INSTANCE
    }
}
