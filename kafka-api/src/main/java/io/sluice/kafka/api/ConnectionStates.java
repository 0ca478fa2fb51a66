/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/** What handlers keep for one connection from request to request. It ends with the connection. Used on the connection's event loop only. */
public final class ConnectionStates {
    /** One handler's. */
    public interface State {
        /** The connection has ended. On its event loop. */
        void connectionClosed();
    }

    private final IdentityHashMap<Object, State> states = new IdentityHashMap<>(2);
    private boolean closed;

    /** The state of {@code handler}, made at its first request. */
    @SuppressWarnings("unchecked")
    public <S extends State> S of(Object handler, Supplier<S> first) {
        if (closed) {
            throw new IllegalStateException("the connection has ended");
        }
        return (S) states.computeIfAbsent(handler, key -> first.get());
    }

    /** Ends all of them. To be called by the connection. */
    public void close() {
        closed = true;
        List<State> all = List.copyOf(states.values());
        states.clear();
        all.forEach(State::connectionClosed);
    }
}
