/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps what it gets, requests when the test does, and notices calls at the same time. */
final class TestSubscriber implements Flow.Subscriber<Record> {
    final BlockingQueue<Record> records = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final long first;
    volatile Flow.Subscription subscription;
    volatile Throwable error;

    /** @param first requested at once; 0 for nothing */
    TestSubscriber(long first) {
        this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        enter();
        subscription = given;
        if (first > 0) {
            given.request(first);
        }
        busy.set(false);
    }

    @Override
    public void onNext(Record record) {
        enter();
        records.add(record);
        busy.set(false);
    }

    @Override
    public void onError(Throwable thrown) {
        enter();
        error = thrown;
        end.complete("error");
        busy.set(false);
    }

    @Override
    public void onComplete() {
        enter();
        end.complete("complete");
        busy.set(false);
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            end.completeExceptionally(new AssertionError("two calls at the same time"));
        }
    }

    Record next() throws InterruptedException {
        Record record = records.poll(10, TimeUnit.SECONDS);
        assertThat(record).as("no record; the end: %s %s", end, error).isNotNull();
        return record;
    }

    String end() throws Exception {
        return end.get(10, TimeUnit.SECONDS);
    }

    String code() throws Exception {
        assertThat(end()).isEqualTo("error");
        assertThat(error).isInstanceOf(SluiceException.class);
        return ((SluiceException) error).code();
    }
}
