/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.Address;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where a node that starts knocks. It is asked until the node is in, for others may start later than this one. */
public interface SeedSource {
    /** The addresses that are known now; this node's own may be among them. */
    CompletionStage<List<Address>> find();

    /** A list that does not change. */
    static SeedSource of(List<Address> seeds) {
        CompletionStage<List<Address>> found = CompletableFuture.completedFuture(List.copyOf(seeds));
        return () -> found;
    }
}
