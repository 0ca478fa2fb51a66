/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.AppendResult;

/** Answers an append, once. Called on the partition's thread: hand over to your own and return. The batches' buffer is free afterwards. */
@FunctionalInterface
public interface AppendReply {
    void onAppended(AppendResult result);
}
