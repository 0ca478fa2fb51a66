/* SPDX-License-Identifier: Apache-2.0 */
import io.sluice.client.Gap;
import io.sluice.client.Positions;
import io.sluice.client.Record;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.StartFrom;
import io.sluice.client.Subscribe;
import io.sluice.client.SubscriptionListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a topic with SluiceClient, no further than it is told: what reader.mjs does with sluice.js, in the same words. TOPIC URL[,URL...] */
public final class Reader implements Flow.Subscriber<Record>, SubscriptionListener {
    private static final int TELL_EVERY = 500;

    private final long began = System.nanoTime();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private final Map<Integer, Long> next = new HashMap<>();
    private final AtomicLong silenceNanos = new AtomicLong();
    private volatile long allowed;
    private long count;
    private long lastNanos;

    public static void main(String[] args) throws IOException {
        Reader reader = new Reader();
        SluiceClient client = SluiceClient.connect(args[1].split(","));
        client.subscribe(Subscribe.to(args[0]).from(StartFrom.earliest()).listener(reader))
                .subscribe(reader);
        Flow.Subscription subscription = reader.subscribed.join();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("silence")) {
                reader.say(line, reader.silenceNanos.getAndSet(0) / 1_000_000);
                continue;
            }
            long more = Long.parseLong(line) - reader.allowed;
            reader.allowed += more;
            subscription.request(more);
        }
        client.close();
    }

    private void say(String word, Object what) {
        System.out.println(word + " " + (System.nanoTime() - began) / 1_000_000 + " " + what);
    }

    private void fail(String why) {
        say("wrong", why);
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscribed.complete(subscription);
    }

    @Override
    public void onNext(Record record) {
        long expected = next.getOrDefault(record.partition(), 0L);
        if (record.offset() != expected
                || !record.valueAsString().startsWith(record.partition() + ":" + expected + ":")) {
            fail(record.partition() + "@" + expected + " was to come, got " + record + " " + record.valueAsString());
        }
        next.put(record.partition(), expected + 1);
        long now = System.nanoTime();
        long silence = count == 0 ? 0 : now - lastNanos;
        silenceNanos.accumulateAndGet(silence, Math::max);
        lastNanos = now;
        count++;
        if (count % TELL_EVERY == 0 || count == allowed) {
            say("at", count);
        }
    }

    @Override
    public void onError(Throwable failure) {
        fail(failure.toString());
    }

    @Override
    public void onComplete() {
        fail("the subscription ended");
    }

    @Override
    public void onSubscribed(Positions positions) {
        say("frame", "{\"type\":\"subscribed\"} " + positions);
    }

    @Override
    public void onDisconnected(String reason, long retryInMs) {
        say("lost", reason + ", next try in " + retryInMs + " ms");
    }

    @Override
    public void onGap(Gap gap) {
        fail("gap " + gap);
    }

    @Override
    public void onWarning(SluiceException warning) {
        say("error", warning);
    }
}
