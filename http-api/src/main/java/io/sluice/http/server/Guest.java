/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.sluice.http.route.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The peer at the other end of one connection. Any thread. */
final class Guest implements Peer {
    /** One registration: the same action may be there more than once. */
    private record Farewell(Runnable action, Object identity) {}

    private final Set<Farewell> farewells = ConcurrentHashMap.newKeySet();
    private volatile boolean gone;

    @Override
    public Runnable onClose(Runnable action) {
        Farewell farewell = new Farewell(action, new Object());
        farewells.add(farewell);
        if (gone && farewells.remove(farewell)) {
            action.run();
        }
        return () -> farewells.remove(farewell);
    }

    /** It sends no more, and may well be gone: nobody waits on its behalf any longer. What is there is still sent. */
    void leave() {
        close();
    }

    /** The connection is gone. */
    void close() {
        gone = true;
        List<Farewell> all = new ArrayList<>(farewells);
        for (Farewell farewell : all) {
            if (farewells.remove(farewell)) {
                farewell.action().run();
            }
        }
    }
}
