/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerCoreTest {
    /** What the core wanted, in order, as text. */
    private final List<String> done = new ArrayList<>();

    private Throwable failure;
    private ProducerCore core;

    private final ProducerOutput out = new ProducerOutput() {
        @Override
        public void connect(URI node) {
            done.add("connect " + node.getHost());
        }

        @Override
        public void send(ClientFrame frame) {
            ClientFrame.Produce produce = (ClientFrame.Produce) frame;
            done.add(produce.topic() + " " + produce.producer() + "#" + produce.sequence() + " x"
                    + produce.records().size());
        }

        @Override
        public void disconnect() {
            done.add("disconnect");
        }

        @Override
        public void retryAfter(long ms) {
            done.add("retry after " + ms);
        }

        @Override
        public void request(long n) {
            done.add("request " + n);
        }

        @Override
        public void acknowledged(Acknowledgement acknowledgement) {
            done.add("acknowledged #" + acknowledgement.sequence() + " " + acknowledgement.partition() + "@"
                    + acknowledgement.offset() + (acknowledgement.duplicate() ? " duplicate" : ""));
        }

        @Override
        public void complete(long records) {
            done.add("complete " + records);
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
            done.add("fail");
        }
    };

    @BeforeEach
    void running() {
        run(Produce.toTheirTopics().producer("me", 7), "ws://a/v1/produce");
        assertThat(done).containsExactly("connect a", "request 100");
        done.clear();
    }

    private void run(Produce how, String... nodes) {
        done.clear();
        ConnectionPlan.BackOff backOff = new ConnectionPlan.BackOff(100, 1000, 2);
        List<URI> addresses = Arrays.stream(nodes).map(URI::create).toList();
        core = new ProducerCore(
                how,
                "me",
                new SubscriptionCore.Window(100, 4 << 20),
                new ConnectionPlan(addresses, backOff, () -> 1),
                new ConnectionPlan(addresses, backOff, () -> 1),
                out);
        core.start();
        core.onOpened();
    }

    private void give(int records) {
        for (int i = 0; i < records; i++) {
            core.onRecord(Record.of("t", null, "v"));
        }
        core.flush();
    }

    private void answer(String id, ServerFrame.Placed... placed) {
        core.onFrame(new ServerFrame.Produced(id, List.of(placed)));
        core.flush();
    }

    private void refuse(String id, String code, ServerFrame.Placed... placed) {
        core.onFrame(new ServerFrame.Error(id, code, "why", false, List.of(placed)));
        core.flush();
    }

    private static ServerFrame.Placed at(int partition, long offset) {
        return new ServerFrame.Placed(partition, offset, false, null);
    }

    private static ServerFrame.Placed again(int partition, long offset) {
        return new ServerFrame.Placed(partition, offset, true, null);
    }

    private static ServerFrame.Placed not(int partition, String error) {
        return new ServerFrame.Placed(partition, -1, false, error);
    }

    private void assertFailed(String code) {
        assertThat(failure).as("%s", done).isInstanceOf(SluiceException.class);
        assertThat(((SluiceException) failure).code()).isEqualTo(code);
    }

    @Test
    void recordsAreNumberedAndAcknowledged() {
        give(2);
        answer("b7", at(3, 40), again(0, -1));
        give(1);
        assertThat(done)
                .containsExactly("t me#7 x2", "acknowledged #7 3@40", "acknowledged #8 0@-1 duplicate", "t me#9 x1");
    }

    @Test
    void whatComesMeanwhileIsOneBatch() {
        for (int i = 0; i < 5; i++) {
            give(1);
        }
        done.clear();
        give(3);
        assertThat(done).isEmpty();
        answer("b7", at(0, 0));
        assertThat(done).containsExactly("acknowledged #7 0@0", "t me#12 x3");
    }

    @Test
    void aBatchIsOfOneTopicAndFitsIntoAFrame() {
        core.onRecord(Record.of("a", null, "v"));
        core.onRecord(Record.of("a", null, "v"));
        core.onRecord(Record.of("b", null, "v"));
        core.onRecord(new Record("b", -1, -1, -1, null, new byte[ProducerCore.MAX_BATCH_BYTES], List.of()));
        core.onRecord(Record.of("b", null, "v"));
        core.flush();
        assertThat(done.stream().filter(what -> what.contains("#")))
                .containsExactly("a me#7 x2", "b me#9 x1", "b me#10 x1", "b me#11 x1");
    }

    @Test
    void aLostConnectionSendsTheSameAgain() {
        give(1);
        give(2);
        done.clear();
        core.onLost("cut");
        core.onRetryDue();
        core.onOpened();
        core.flush();
        assertThat(done).containsExactly("disconnect", "retry after 100", "connect a", "t me#7 x1", "t me#8 x2");
    }

    @Test
    void acknowledgementsAreInOrder() {
        give(1);
        give(1);
        answer("b8", at(0, 1));
        assertThat(done).noneMatch(what -> what.startsWith("acknowledged"));
        answer("b7", at(0, 0));
        assertThat(done).endsWith("acknowledged #7 0@0", "acknowledged #8 0@1");
    }

    @Test
    void whatIsRefusedForNowIsSentAgainWithWhatIsBehindIt() {
        give(1);
        give(2);
        done.clear();
        refuse("b7", "NO_LEADER");
        core.onRetryDue();
        core.flush();
        assertThat(done).as("there is no answer to b8 yet").containsExactly("retry after 100");
        done.clear();
        refuse("b8", "OUT_OF_ORDER");
        assertThat(done).containsExactly("t me#7 x1", "t me#8 x2");
    }

    @Test
    void aPartThatIsAppendedIsRemembered() {
        give(2);
        refuse("b7", "NO_LEADER", at(0, 5), not(1, "NO_LEADER"));
        core.onRetryDue();
        core.flush();
        done.clear();
        refuse("b7", "NO_LEADER", not(0, "NO_LEADER"), at(1, 9));
        assertThat(done)
                .as("the node would not take what is behind it on this connection")
                .containsExactly("acknowledged #7 0@5", "acknowledged #8 1@9", "disconnect", "retry after 100");
    }

    @Test
    void whatAnotherNodeLeadsIsTakenThere() {
        run(Produce.toTheirTopics(), "ws://a/v1/produce", "ws://b/v1/produce");
        give(2);
        done.clear();
        refuse("b0", "LED_ELSEWHERE", at(0, 5), not(1, "LED_ELSEWHERE"));
        core.onRetryDue();
        assertThat(done).containsExactly("disconnect", "retry after 100", "connect b");
    }

    @Test
    void whatAnotherNodeLeadsFailsWhereThereIsNoOther() {
        give(1);
        refuse("b7", "LED_ELSEWHERE");
        assertFailed("LED_ELSEWHERE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNKNOWN_TOPIC", "OUT_OF_ORDER", "REFUSED_RECORD", "TOO_LARGE", "SOMETHING_NEW"})
    void whatIsRefusedForGoodFails(String code) {
        give(1);
        refuse("b7", code);
        assertFailed(code);
        assertThat(done).endsWith("disconnect", "fail");
    }

    @Test
    void refusalsEnd() {
        give(1);
        for (int i = 0; i < 2; i++) {
            refuse("b7", "NO_LEADER");
            core.onRetryDue();
            core.flush();
        }
        refuse("b7", "NO_LEADER");
        assertFailed("NO_LEADER");
    }

    /** Without numbers order is all that can be kept. */
    @Test
    void forTheLeaderAloneOneFrameAtATime() {
        run(Produce.toTheirTopics().acks(Acks.LEADER), "ws://a/v1/produce");
        done.clear();
        give(1);
        give(1);
        assertThat(done).containsExactly("t null#0 x1");
        answer("b0", at(0, 0));
        assertThat(done).endsWith("t null#1 x1");
    }

    @Test
    void aByeIsFollowed() {
        core.onFrame(new ServerFrame.Bye("stops", true, List.of("ws://c:1/v1/subscribe")));
        core.onRetryDue();
        assertThat(done).containsExactly("disconnect", "retry after 0", "connect c");
    }

    @Test
    void itCompletesWhenAllIsAcknowledged() {
        give(1);
        core.onComplete(null);
        core.flush();
        assertThat(done).noneMatch(what -> what.startsWith("complete"));
        answer("b7", at(0, 3));
        assertThat(done).endsWith("acknowledged #7 0@3", "disconnect", "complete 1");
    }

    @Test
    void itFailsWithItsPublisherWhenAllIsAcknowledged() {
        give(1);
        IllegalStateException cause = new IllegalStateException("a test");
        core.onComplete(cause);
        core.flush();
        assertThat(failure).isNull();
        answer("b7", at(0, 3));
        assertThat(failure).isSameAs(cause);
    }

    @Test
    void demandComesBackWithAcknowledgements() {
        give(1);
        give(99);
        assertThat(done).noneMatch(what -> what.startsWith("request"));
        answer("b7", at(0, 0));
        assertThat(done).contains("request 1");
    }

    @Test
    void largeRecordsAreAskedForOneByOne() {
        ConnectionPlan plan =
                new ConnectionPlan(List.of(URI.create("ws://a/")), new ConnectionPlan.BackOff(1, 1, 1), () -> 1);
        core = new ProducerCore(
                Produce.toTheirTopics(), "me", new SubscriptionCore.Window(100, 10_000), plan, plan, out);
        core.start();
        done.clear();
        core.onRecord(new Record("t", 0, -1, -1, null, new byte[20_000], List.of()));
        core.flush();
        assertThat(done).noneMatch(what -> what.startsWith("request"));
    }

    @Test
    void anAnswerToNothingIsNotBelieved() {
        give(1);
        answer("b9", at(0, 1));
        assertFailed("PROTOCOL_ERROR");
    }

    @Test
    void anAnswerAboutOtherRecordsIsNotBelieved() {
        give(2);
        answer("b7", at(0, 1));
        assertFailed("PROTOCOL_ERROR");
    }
}
