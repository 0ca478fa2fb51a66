/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells who sends a request. Any thread; must not block. */
@FunctionalInterface
public interface Authenticator {
    /** Everybody is welcome and nobody is known: whoever reaches the port may do everything. */
    Authenticator NONE = credentials -> CompletableFuture.completedFuture(Principal.ANONYMOUS);

    /**
     * Who it is. Whoever is not welcome fails the stage with a {@link io.sluice.http.route.ProblemException} of the kind
     * {@link io.sluice.http.route.ProblemKind#UNAUTHORIZED}.
     */
    CompletionStage<Principal> authenticate(Credentials credentials);
}
