/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionCoreTest {
    private static final String A = "ws://a/v1/subscribe";
    private static final String B = "ws://b/v1/subscribe";

    /** What the core wanted, in order, as text. */
    private final List<String> done = new ArrayList<>();

    private Throwable failure;
    private long cancelledAt = -1;
    private SubscriptionCore core;

    private final SubscriptionOutput out = new SubscriptionOutput() {
        @Override
        public void connect(URI node) {
            done.add("connect " + node);
        }

        @Override
        public void send(ClientFrame frame) {
            if (frame instanceof ClientFrame.Begin begin) {
                done.add("begin " + begin.from() + " " + begin.creditRecords() + "/" + begin.creditBytes());
            } else if (frame instanceof ClientFrame.Credit credit) {
                done.add("credit " + credit.records() + "/" + credit.bytes());
            } else {
                done.add(frame.toString());
            }
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
        public boolean next(Record record) {
            if (cancelledAt == record.offset()) {
                return false;
            }
            done.add(record.toString());
            return true;
        }

        @Override
        public void complete() {
            done.add("complete");
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
            done.add("fail");
        }

        @Override
        public SubscriptionListener listener() {
            return listener;
        }
    };

    private final SubscriptionListener listener = new SubscriptionListener() {
        @Override
        public void onSubscribed(Positions positions) {
            done.add("subscribed " + positions);
        }

        @Override
        public void onProgress(Positions positions) {
            done.add("progress " + positions);
        }

        @Override
        public void onGap(Gap gap) {
            done.add("gap " + gap.fromOffset() + "-" + gap.toOffset() + " " + gap.reason());
        }

        @Override
        public void onDisconnected(String reason, long retryInMs) {
            done.add("disconnected: " + reason);
        }

        @Override
        public void onWarning(SluiceException warning) {
            done.add("warning " + warning.code());
        }
    };

    @BeforeEach
    void running() {
        begin(Subscribe.to("t").from(StartFrom.earliest()), 100, 1000);
    }

    private void begin(Subscribe what, long records, long bytes) {
        core = new SubscriptionCore(
                what,
                new SubscriptionCore.Window(records, bytes),
                new ConnectionPlan(
                        List.of(URI.create(A), URI.create(B)), new ConnectionPlan.BackOff(100, 1000, 3), () -> 1),
                out);
        core.start();
        core.onOpened();
        core.onFrame(subscribed("t:0=0"));
        done.clear();
    }

    private static ServerFrame subscribed(String positions) {
        return new ServerFrame.Subscribed("s", Positions.parse(positions));
    }

    /** Of partition 0, ten bytes each. */
    private static ServerFrame records(long next, long... offsets) {
        List<Record> records = new ArrayList<>();
        for (long offset : offsets) {
            records.add(new Record("t", 0, offset, 0, null, new byte[10], List.of()));
        }
        return new ServerFrame.Records("s", "t", 0, next, offsets.length * 10L, records);
    }

    private static ServerFrame error(String code, boolean fatal) {
        return new ServerFrame.Error("s", code, "why", fatal, List.of());
    }

    private void assertFailed(String code) {
        assertThat(failure).as("%s", done).isInstanceOf(SluiceException.class);
        assertThat(((SluiceException) failure).code()).isEqualTo(code);
        assertThat(core.isOver()).isTrue();
    }

    @Test
    void demandBecomesCredit() {
        core.onRequest(5);
        assertThat(done).containsExactly("credit 5/0");
    }

    @Test
    void whatWasRequestedBeforeTheConnectionIsTheFirstCredit() {
        core.onLost("x");
        core.onRequest(7);
        core.onRetryDue();
        done.clear();
        core.onOpened();
        assertThat(done).containsExactly("begin Offsets[positions=t:0=0] 7/1000");
    }

    @Test
    void endlessDemandIsGrantedAWindowAtATime() {
        core.onRequest(Long.MAX_VALUE);
        assertThat(done).containsExactly("credit 100/0");
        done.clear();
        core.onFrame(records(30, java.util.stream.LongStream.range(0, 30).toArray()));
        core.onFrame(records(49, java.util.stream.LongStream.range(30, 49).toArray()));
        assertThat(done).filteredOn(what -> what.startsWith("credit")).isEmpty();
        core.onFrame(records(50, 49));
        assertThat(done).filteredOn(what -> what.startsWith("credit")).containsExactly("credit 50/500");
    }

    @Test
    void bytesAreGivenBackToo() {
        begin(Subscribe.to("t"), 100, 100);
        core.onRequest(50);
        done.clear();
        core.onFrame(records(5, 0, 1, 2, 3, 4));
        assertThat(done).endsWith("credit 0/50");
    }

    @Test
    void aRequestForEachRecordIsNotAFrameForEach() {
        core.onRequest(10);
        done.clear();
        for (int offset = 0; offset < 10; offset++) {
            core.onFrame(records(offset + 1, offset));
            core.onRequest(1);
        }
        assertThat(done.stream().filter(what -> what.startsWith("credit"))).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aNewConnectionGoesOnBehindTheLastRecord() {
        core.onRequest(10);
        core.onFrame(records(8, 3, 5));
        done.clear();
        core.onLost("cut");
        core.onRetryDue();
        core.onOpened();
        assertThat(done)
                .containsExactly(
                        "disconnect",
                        "disconnected: cut",
                        "retry after 100",
                        "connect " + B,
                        "begin Offsets[positions=t:0=8] 8/1000");
    }

    @Test
    void beforeItBeganItBeginsAgainAsAsked() {
        core = new SubscriptionCore(
                Subscribe.to("t"),
                new SubscriptionCore.Window(1, 1),
                new ConnectionPlan(List.of(URI.create(A)), new ConnectionPlan.BackOff(1, 1, 9), () -> 1),
                out);
        core.start();
        core.onOpened();
        core.onLost("cut");
        core.onRetryDue();
        done.clear();
        core.onOpened();
        assertThat(done).containsExactly("begin Latest[] 0/1");
    }

    @Test
    void framesOfALostConnectionAreNotHeard() {
        core.onRequest(10);
        core.onLost("cut");
        done.clear();
        core.onFrame(records(1, 0));
        assertThat(done).isEmpty();
    }

    @Test
    void retriesEnd() {
        for (int i = 0; i < 3; i++) {
            core.onLost("cut");
            core.onRetryDue();
        }
        core.onLost("cut");
        assertFailed("CONNECTION_LOST");
        assertThat(((SluiceException) failure).positions()).hasToString("t:0=0");
    }

    @Test
    void aByeIsFollowedAtOnce() {
        core.onFrame(new ServerFrame.Bye("stops", true, List.of("ws://c/v1/subscribe")));
        core.onRetryDue();
        assertThat(done)
                .containsExactly(
                        "disconnect",
                        "disconnected: the node said good-bye: stops",
                        "retry after 0",
                        "connect ws://c/v1/subscribe");
    }

    @Test
    void aByeForEverEndsIt() {
        core.onFrame(new ServerFrame.Bye("stops", false, List.of()));
        assertFailed("BYE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LEADER_NOT_AVAILABLE",
                "NOT_SERVED_HERE",
                "COORDINATOR_NOT_AVAILABLE",
                "READ_FAILED",
                "INTERNAL_ERROR",
                "ENDED",
                "TOO_MANY_SUBSCRIPTIONS"
            })
    void someErrorsPass(String code) {
        core.onFrame(error(code, true));
        assertThat(failure).isNull();
        assertThat(done).contains("retry after 100");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UNKNOWN_TOPIC",
                "INVALID_FILTER",
                "SLOW_READER",
                "OFFSET_OUT_OF_RANGE",
                "CORRUPT_BATCH",
                "SOMETHING_NEW"
            })
    void othersDoNot(String code) {
        core.onFrame(error(code, true));
        assertFailed(code);
    }

    @Test
    void anErrorThatIsNotFatalIsAWarning() {
        core.onFrame(error("CREDIT_OVERFLOW", false));
        assertThat(done).containsExactly("warning CREDIT_OVERFLOW");
    }

    /** Nothing would follow it. */
    @Test
    void beforeItBeganEveryErrorEndsIt() {
        core.onLost("cut");
        core.onRetryDue();
        core.onOpened();
        core.onFrame(new ServerFrame.Error(null, "MALFORMED_FRAME", "why", false, List.of()));
        assertFailed("MALFORMED_FRAME");
    }

    @Test
    void gapsAndProgressMoveThePosition() {
        core.onFrame(new ServerFrame.GapNotice("s", new Gap("t", 0, 0, 7, Gap.Reason.DELETED)));
        core.onFrame(new ServerFrame.Progress("s", Positions.parse("t:0=9")));
        assertThat(done).containsExactly("gap 0-7 DELETED", "progress t:0=9");
        assertThat(core.positions()).hasToString("t:0=9");
    }

    /** The group waits for its members, which may take long. */
    @Test
    void aSignOfLifeBeforeTheSubscriptionBeganIsNoPosition() {
        core.onLost("cut");
        core.onRetryDue();
        core.onOpened();
        done.clear();
        core.onFrame(new ServerFrame.Progress("s", Positions.NONE));
        core.onFrame(subscribed("t:0=0"));
        assertThat(done).containsExactly("subscribed t:0=0");
    }

    @Test
    void whatWasDeletedDuringAReconnectIsAGap() {
        core.onLost("cut");
        core.onRetryDue();
        core.onOpened();
        done.clear();
        core.onFrame(subscribed("t:0=5"));
        assertThat(done).containsExactly("subscribed t:0=5", "gap 0-5 DELETED");
    }

    @Test
    void aNodeThatGoesBackIsNotBelieved() {
        core.onRequest(10);
        core.onFrame(records(1, 0));
        core.onFrame(records(1, 0));
        assertFailed("PROTOCOL_ERROR");
    }

    @Test
    void aNodeThatSendsTooMuchIsNotBelieved() {
        core.onRequest(1);
        core.onFrame(records(2, 0, 1));
        assertFailed("PROTOCOL_ERROR");
        assertThat(done).doesNotContain("t-0@0");
    }

    @Test
    void framesAboutOthersAreNotBelieved() {
        core.onFrame(new ServerFrame.Progress("other", Positions.NONE));
        assertFailed("PROTOCOL_ERROR");
    }

    @Test
    void aRequestForNothingIsAnError() {
        core.onBadRequest(0);
        assertThat(failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
    }

    @Test
    void cancelledIsCancelled() {
        core.onRequest(10);
        done.clear();
        core.onCancel();
        core.onRequest(10);
        core.onFrame(records(1, 0));
        core.onLost("cut");
        core.onRetryDue();
        core.onCancel();
        assertThat(done).containsExactly("disconnect");
    }

    @Test
    void aLimitIsNotOverstepped() {
        begin(Subscribe.to("t").limit(3), 100, 1000);
        core.onRequest(Long.MAX_VALUE);
        assertThat(done).containsExactly("credit 3/0");
        core.onFrame(records(3, 0, 1, 2));
        assertThat(done).endsWith("disconnect", "complete");
    }

    @Test
    void aGroupCommitsWhatWasDelivered() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onCommitDue();
        core.onRequest(5);
        core.onFrame(records(2, 0, 1));
        done.clear();
        core.onCommitDue();
        core.onCommitDue();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=2]");
        core.onFrame(records(3, 2));
        done.clear();
        core.onCancel();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=3]", "disconnect");
    }

    @Test
    void aPartitionMayComeBackToAMemberFromFurtherBehind() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(9);
        core.onFrame(records(5, 3, 4));
        core.onFrame(records(2, 1));
        done.clear();
        core.onCommitDue();
        assertThat(failure).isNull();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=2]");
    }

    @Test
    void eachPartitionIsCommittedByItself() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(9);
        core.onFrame(records(1, 0));
        core.onFrame(new ServerFrame.Records(
                "s", "t", 1, 8, 10, List.of(new Record("t", 1, 7, 0, null, new byte[10], List.of()))));
        done.clear();
        core.onCommitDue();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=1]", "Commit[id=s, positions=t:1=8]");
    }

    @Test
    void whenTheGroupSpreadsItsPartitionsAnewOnlyWhatStayedIsCommitted() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(9);
        core.onFrame(records(1, 0));
        core.onFrame(new ServerFrame.Records(
                "s", "t", 1, 8, 10, List.of(new Record("t", 1, 7, 0, null, new byte[10], List.of()))));
        done.clear();
        core.onFrame(subscribed("t:1=8,2=0"));
        core.onCommitDue();
        assertThat(done).containsExactly("subscribed t:1=8,2=0", "Commit[id=s, positions=t:1=8]");
        assertThat(failure).isNull();
    }

    /** The subscriber cancels in the middle of a frame: what is behind was not processed. */
    @Test
    void whatNobodyTookIsNotCommitted() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(9);
        cancelledAt = 2;
        core.onFrame(records(4, 0, 1, 2, 3));
        done.clear();
        core.onCancel();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=2]", "disconnect");
    }

    @Test
    void aGroupMayLeaveCommitsToItsSubscriber() {
        begin(Subscribe.to("t").from(StartFrom.group("g")).commitEvery(java.time.Duration.ZERO), 100, 1000);
        core.onRequest(9);
        core.onFrame(records(1, 0));
        done.clear();
        core.onCommitDue();
        core.onCommit(Positions.parse("t:0=1"));
        core.onCancel();
        assertThat(done).containsExactly("Commit[id=s, positions=t:0=1]", "disconnect");
    }

    @Test
    void aCommitWithoutAConnectionIsAWarning() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(9);
        core.onFrame(records(1, 0));
        core.onLost("cut");
        done.clear();
        core.onCommitDue();
        core.onCommit(Positions.parse("t:0=1"));
        core.onCancel();
        assertThat(done).containsExactly("warning CONNECTION_LOST", "disconnect");
    }

    @Test
    void aGroupComesBackAsAGroup() {
        begin(Subscribe.to("t").from(StartFrom.group("g")), 100, 1000);
        core.onRequest(5);
        core.onFrame(records(2, 0, 1));
        core.onLost("cut");
        core.onRetryDue();
        done.clear();
        core.onOpened();
        core.onFrame(subscribed("t:0=1,1=7"));
        assertThat(done).containsExactly("begin Group[name=g] 3/1000", "subscribed t:0=1,1=7");
        assertThat(failure).isNull();
    }
}
