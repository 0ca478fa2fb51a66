/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

/**
 * Whether clients should be sent to a node, at one moment: it is in the cluster, sees a majority of the voters, knows the newest metadata,
 * and every replica that is placed on it leads or follows. That the process lives is another matter, and not said here.
 *
 * @param state one line for people; what is missing where the node is not ready
 */
public record Health(boolean ready, String state) {
    static Health ready(String state) {
        return new Health(true, state);
    }

    static Health notYet(String state) {
        return new Health(false, state);
    }
}
