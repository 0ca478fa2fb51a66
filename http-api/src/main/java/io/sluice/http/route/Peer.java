/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

/** The connection that a request came over. */
public interface Peer {
    /**
     * Has something done when the connection is gone; at once if it is. For what is held on its behalf: the response may never be asked for.
     *
     * @return forgets it; for whoever is done before
     */
    Runnable onClose(Runnable action);
}
