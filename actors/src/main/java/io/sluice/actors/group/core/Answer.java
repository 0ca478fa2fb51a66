/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupResponse;
import io.sluice.log.ErrorCode;
import java.util.function.Consumer;

/**
 * An answer to be given, once.
 *
 * @param events how many of the events drained with it must be committed first (all before them, too); -1 if it needs not wait for anything
 */
public record Answer<R extends GroupResponse>(Consumer<? super R> to, R response, int events) {
    public void give() {
        to.accept(response);
    }

    /** What was to be waited for went wrong. */
    @SuppressWarnings("unchecked")
    public void fail(ErrorCode error) {
        to.accept((R) response.failed(error));
    }
}
