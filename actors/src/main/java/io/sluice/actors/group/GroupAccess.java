/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;

/**
 * Consumer groups, wherever in the cluster their coordinators are. Any thread; nothing blocks.
 *
 * <p>A request is brought to the coordinator that is known at that moment, once. Where that is none any more the answer says so ({@code NOT_COORDINATOR},
 * {@code COORDINATOR_NOT_AVAILABLE}, {@code COORDINATOR_LOAD_IN_PROGRESS}): ask again after a moment, as Kafka's clients do.
 */
public interface GroupAccess {
    /** Of a node without groups. */
    GroupAccess NONE = new GroupAccess() {
        @Override
        public <R extends GroupResponse> CompletableFuture<R> ask(GroupRequest<R> request, int timeoutMs) {
            return CompletableFuture.completedFuture(request.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
    };

    /**
     * Asks the coordinator of {@code request.groupId()}.
     *
     * @param timeoutMs after that the answer is {@code REQUEST_TIMED_OUT}; a Join waits for the other members
     * @return never completes with an exception; cancelling it tells the coordinator that nobody waits ({@link GroupCoordinators#abandon})
     */
    <R extends GroupResponse> CompletableFuture<R> ask(GroupRequest<R> request, int timeoutMs);
}
