/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * This node's newest image, for everybody. One thread at a time publishes (the {@link MetadataReplayer}); any thread reads and
 * subscribes. A listener runs on the publisher's thread, after the image can be read.
 */
public final class MetadataPublisher {
    /** Is told of each image. */
    @FunctionalInterface
    public interface ChangeListener {
        void changed(ClusterImage before, ClusterImage after);
    }

    private record Waiting(long offset, CompletableFuture<ClusterImage> future) {}

    private final List<ChangeListener> first = new CopyOnWriteArrayList<>();
    private final List<Consumer<ClusterImage>> listeners = new CopyOnWriteArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile ClusterImage image = ClusterImage.EMPTY;
    private volatile ClusterImage handled = ClusterImage.EMPTY;

    public ClusterImage image() {
        return image;
    }

    /** These come before all others, in their order: what they do is done when anybody else hears of the image. */
    public void onChange(ChangeListener listener) {
        first.add(listener);
    }

    /** @return the image that the listener has not been told of */
    public ClusterImage subscribe(Consumer<ClusterImage> listener) {
        listeners.add(listener);
        return handled;
    }

    public void unsubscribe(Consumer<ClusterImage> listener) {
        listeners.remove(listener);
    }

    /** Completes with an image that has everything below {@code offset}, on the publisher's thread or at once. */
    public CompletionStage<ClusterImage> atLeast(long offset) {
        synchronized (waiting) {
            if (handled.offset() >= offset) {
                return CompletableFuture.completedFuture(handled);
            }
            Waiting one = new Waiting(offset, new CompletableFuture<>());
            waiting.add(one);
            return one.future();
        }
    }

    void publish(ClusterImage next) {
        ClusterImage before = image;
        image = next;
        first.forEach(listener -> listener.changed(before, next));
        List<Waiting> done = new ArrayList<>();
        synchronized (waiting) {
            handled = next;
            waiting.removeIf(one -> one.offset() <= next.offset() && done.add(one));
        }
        listeners.forEach(listener -> listener.accept(next));
        done.forEach(one -> one.future().complete(next));
    }
}
