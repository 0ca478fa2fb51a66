/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.testing.Web;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice.js} in Node, against a whole node with groups and tickets. */
@Timeout(120)
class SluiceJsNodeIT {
    private static final int RECORDS = 20;

    @TempDir
    Path folder;

    @TempDir
    Path data;

    private Web web;

    @BeforeEach
    void start() throws Exception {
        web = Web.start(data, Map.of("group.initial.rebalance.delay.ms", "0", "offsets.topic.num.partitions", "1"));
        Web.json(web.send("POST", "/v1/topics", "{\"name\":\"orders\",\"partitions\":1}"), 201);
        String records = IntStream.range(0, RECORDS)
                .mapToObj(i -> "{\"value\":\"" + i + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        Web.json(web.send("POST", "/v1/topics/orders/records", records), 200);
    }

    @AfterEach
    void stop() {
        web.close();
    }

    /** Runs a script that has {@code base} and {@code member()}. */
    private List<String> run(String script) throws Exception {
        return NodeScript.start(folder, """
                import { subscribe } from './sluice.mjs';
                const base = '%s';
                const onError = (error) => console.log(error.code);
                const member = () => subscribe(base, { topic: 'orders', from: { group: 'readers' }, onError });
                """.formatted(web.uri("/")) + script).output();
    }

    private void awaitCommitted(long offset) {
        await("offset " + offset + " of the group is committed")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    JsonNode group = Web.json(web.get("/v1/groups/readers"), 200);
                    assertThat(group.at("/offsets/0/offset").asLong(-1))
                            .as("%s", group)
                            .isEqualTo(offset);
                });
    }

    @Test
    void commitIsForWhatWasTakenAndTheNextMemberGoesOnThere() throws Exception {
        // When: all 20 were received, 8 taken, 6 committed
        List<String> first = run("""
                let count = 0;
                const records = member();
                for await (const { value } of records) {
                  count++;
                  if (count === 6) records.commit();
                  if (count === 8) break;
                }
                console.log(count);
                """);
        awaitCommitted(6);
        List<String> second = run("""
                const records = member();
                const { value } = await records.next();
                records.commit({ orders: { 0: 10 } });
                records.commit({ orders: { 0: 15 } });
                records.close();
                console.log(value.value);
                """);
        awaitCommitted(15);

        // Then
        assertThat(first).containsExactly("8");
        assertThat(second).containsExactly("6");
        assertThat(run("""
                const records = member();
                console.log((await records.next()).value.value);
                records.commit({});
                records.close();
                """)).containsExactly("15");
    }

    @Test
    void whatIsRefusedInProducingHasACodeAsInSubscribing() throws Exception {
        // When
        List<String> lines = run("""
                import { produce } from './sluice.mjs';
                const { results } = await produce(base, 'orders', [{ key: 'ann', value: 'pen' }]);
                console.log(results.length);
                for (const [topic, record] of [['nope', { value: 'x' }], ['orders', { vaule: 'x' }]]) {
                  await produce(base, topic, [record]).catch(({ name, code }) => console.log(name, code));
                }
                """);

        // Then
        assertThat(lines).containsExactly("1", "SluiceError UNKNOWN_TOPIC", "SluiceError BAD_BODY");
    }

    @Test
    void aCommitThatIsRefusedIsToldAndTheSubscriptionGoesOn() throws Exception {
        // When: first of what no group has, then without a group
        List<String> lines = run("""
                const records = member();
                await records.next();
                await records.commit({ orders: { 7: 1 } }).catch((error) => console.log(error.name, error.code));
                await records.commit();
                console.log((await records.next()).value.value);
                records.close();

                const alone = subscribe(base, { topic: 'orders', from: 'earliest', onError });
                await alone.next();
                alone.commit();
                const values = [];
                for (let i = 0; i < 3; i++) values.push((await alone.next()).value.value);
                await alone.commit().catch(() => values.push('refused'));
                alone.close();
                console.log(values.join());
                """);

        // Then
        assertThat(lines)
                .containsExactly(
                        "COMMIT_REFUSED",
                        "SluiceError COMMIT_REFUSED",
                        "1",
                        "UNSUPPORTED",
                        "UNSUPPORTED",
                        "1,2,3,refused");
        awaitCommitted(1);
    }

    @Test
    void aCommitWhoseConnectionIsLostIsRejectedAndWhatItWasForComesAgain() throws Exception {
        // When
        List<String> lines = run("""
                const sockets = [];
                class Watched extends WebSocket {
                  constructor(...all) {
                    super(...all);
                    sockets.push(this);
                  }
                }
                const records = subscribe(base, { topic: 'orders', from: { group: 'readers' }, onError, WebSocket: Watched });
                const take = async (count) => {
                  const values = [];
                  while (values.length < count) values.push((await records.next()).value.value);
                  return values.join();
                };
                await take(3);
                await records.commit();
                await take(2);
                sockets[0].close();
                await records.commit().catch((error) => console.log('rejected', error.code));
                console.log(await take(4), sockets.length);
                await records.commit();
                records.close();
                await records.commit({ orders: { 0: 20 } }).catch((error) => console.log('rejected', error.code));
                """);

        // Then
        assertThat(lines)
                .containsExactly(
                        "CONNECTION_LOST", "rejected CONNECTION_LOST", "3,4,5,6 2", "rejected CONNECTION_LOST");
        awaitCommitted(7);
    }

    @Test
    void aMemberIsToldItsPartitionsEachTimeThatTheGroupSpreadsThem() throws Exception {
        // Given
        Web.json(web.send("POST", "/v1/topics", "{\"name\":\"returns\",\"partitions\":2}"), 201);
        Web.json(
                web.send(
                        "POST",
                        "/v1/topics/returns/records",
                        "{\"records\":[{\"value\":\"a\",\"partition\":0},{\"value\":\"b\",\"partition\":1}]}"),
                200);

        // When: a second member comes, and goes
        List<String> lines = run("""
                const told = { first: [], second: [] };
                const join = (name) => subscribe(base, {
                  topic: 'returns', from: { group: 'sharers' }, onError, onSubscribed: ({ returns }) => told[name].push(returns ?? {}),
                });
                const until = async (what) => {
                  while (!what()) await new Promise((done) => setTimeout(done, 20));
                };
                const count = (name) => Object.keys(told[name].at(-1) ?? {}).length;
                const first = join('first');
                await first.next();
                await first.next();
                await first.commit();
                const second = join('second');
                await until(() => count('first') === 1 && count('second') === 1);
                console.log(JSON.stringify({ ...told.first.at(-1), ...told.second.at(-1) }));
                const theirs = { returns: told.second.at(-1) };
                await first.commit(theirs).catch((error) => console.log('rejected'));
                second.close();
                await until(() => count('first') === 2);
                await first.commit(theirs);
                console.log(JSON.stringify(told.first.at(-1)));
                first.close();
                """);

        // Then
        assertThat(lines).containsExactly("{\"0\":1,\"1\":1}", "COMMIT_REFUSED", "rejected", "{\"0\":1,\"1\":1}");
    }

    @Test
    void whoComesBackAfterHisPlaceWasDeletedIsToldAGapAndGetsTheRest() throws Exception {
        // Given
        List<String> before = run("""
                const records = subscribe(base, { topic: 'orders', from: 'earliest' });
                for (let i = 0; i < 3; i++) await records.next();
                records.close();
                console.log(JSON.stringify(records.positions));
                """);

        // When: retention goes beyond it
        CompletableFuture<Long> start = new CompletableFuture<>();
        web.node
                .leader(web.node.metadata().topic("orders").orElseThrow().id(), 0)
                .deleteRecords(10, (error, offset) -> start.complete(offset));
        assertThat(start).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(10L);
        List<String> after = run("""
                const onGap = ({ partition, from, to, reason }) => console.log(partition, from, to, reason);
                const records = subscribe(base, { topic: 'orders', from: { offsets: %s }, onGap });
                console.log((await records.next()).value.value);
                records.close();
                """.formatted(before.get(0)));

        // Then
        assertThat(before).containsExactly("{\"orders\":{\"0\":3}}");
        assertThat(after).containsExactly("0 3 10 deleted", "10");
    }

    @Test
    void aTicketOfTheNodeOpensTheSocket() throws Exception {
        // When: it is asked for as a page would
        List<String> lines = run("""
                let asked = 0;
                const ticket = async (url) => {
                  asked++;
                  const answer = await fetch(new URL('/v1/tickets', url.replace('ws:', 'http:')), { method: 'POST' });
                  return (await answer.json()).ticket;
                };
                const records = subscribe(base, { topic: 'orders', from: 'earliest', ticket });
                console.log((await records.next()).value.value, asked);
                records.close();
                """);

        // Then
        assertThat(lines).containsExactly("0 1");
    }
}
