/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Records of topics, as a publisher of both kinds: {@code java.util.concurrent.Flow} and reactivestreams.org. Each subscriber gets a subscription of its
 * own, with a connection of its own, which begins when it subscribes. Only {@code request(n)} moves records: none leaves the node that was not requested.
 *
 * <p>A lost connection is taken up again at exactly the next record and is not seen by the subscriber, unless a {@link SubscriptionListener} tells of it.
 * {@code onError} brings a {@link SluiceException}; {@code onComplete} comes only if there is a {@link Subscribe#limit}. Calls of a subscriber come
 * from threads of the client, one at a time; a subscriber may block, which holds back nobody but itself.
 */
public final class RecordPublisher implements Flow.Publisher<Record>, org.reactivestreams.Publisher<Record> {
    private final Function<Downstream, LiveSubscription> open;
    private final Set<LiveSubscription> live = ConcurrentHashMap.newKeySet();

    RecordPublisher(Function<Downstream, LiveSubscription> open) {
        this.open = open;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Record> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        subscribe(Downstream.of(subscriber));
    }

    @Override
    public void subscribe(org.reactivestreams.Subscriber<? super Record> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        subscribe(Downstream.of(subscriber));
    }

    private void subscribe(Downstream downstream) {
        live.removeIf(LiveSubscription::isOver);
        LiveSubscription subscription = open.apply(downstream);
        live.add(subscription);
        subscription.start();
    }

    /** Of a group: everything up to this record of its partition was processed. */
    public void commit(Record processed) {
        commit(Positions.NONE.after(processed));
    }

    /**
     * Of a group: everything before these positions was processed. Partitions that are other members' are the node's to refuse; while there is no connection nothing is
     * committed. Both are told to {@link SubscriptionListener#onWarning}, and the records come again.
     */
    public void commit(Positions processed) {
        for (LiveSubscription subscription : live) {
            subscription.commit(processed);
        }
    }
}
