/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.checker.Event.Acknowledged;
import io.sluice.system.checker.Event.CommitRead;
import io.sluice.system.checker.Event.Committed;
import io.sluice.system.checker.Event.Entry;
import io.sluice.system.checker.Event.Failed;
import io.sluice.system.checker.Event.Polled;
import io.sluice.system.checker.Event.Positioned;
import io.sluice.system.checker.Event.ReadBack;
import io.sluice.system.checker.Event.Sent;
import io.sluice.system.checker.Event.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One small history for each kind of error, and for what looks like one but is none. */
class HistoryCheckerTest {
    private static final String P = "orders-0";

    private final List<Event> history = new ArrayList<>();
    private long time;

    @Test
    void anEmptyHistoryIsClean() {
        assertThat(check().clean()).isTrue();
    }

    @Test
    void whatWasAcknowledgedAndReadIsClean() {
        // Given two producers, a reader, a group with a commit
        write("a", "a1", 0);
        write("b", "b1", 1);
        write("a", "a2", 2);
        position("r", "", 0);
        poll("r", "", "0:a1", "1:b1");
        poll("r", "", "2:a2");
        position("m", "g", 0);
        poll("m", "g", "0:a1", "1:b1", "2:a2");
        commit("g", 3, true);
        commitRead("g", 3);
        // When it is read back as told
        readBack("0:a1", "1:b1", "2:a2");
        // Then nothing is wrong
        assertThat(check().counts()).isEmpty();
        assertThat(check().summary())
                .isEqualTo("1 partitions: 3 records sent, 3 acknowledged, 3 there at the end; 3 polls, 1 commits");
    }

    @Test
    void aSendWithoutAnswerMayBeThere() {
        send("a", "a1");
        send("a", "a2");
        fail("a", "a2", false);
        readBack("0:a1", "1:a2");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void aSendWithoutAnswerMayBeMissing() {
        send("a", "a1");
        send("a", "a2");
        fail("a", "a2", false);
        readBack();
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void offsetsMayHaveHoles() {
        // Control records and compaction take offsets that no consumer sees
        write("a", "a1", 3);
        write("a", "a2", 7);
        position("r", "", 0);
        poll("r", "", "3:a1", "7:a2");
        readBack("3:a1", "7:a2");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void anAcknowledgementMayNotKnowTheOffset() {
        write("a", "a1", -1);
        readBack("5:a1");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void withoutReadingBackNothingIsMissing() {
        write("a", "a1", 0);
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void anAcknowledgedRecordThatIsNotThereIsLost() {
        write("a", "a1", 0);
        write("a", "a2", 1);
        readBack("0:a1");
        assertOnly(AnomalyKind.LOST_WRITE);
        assertThat(check().toString())
                .contains("a is told that a2 is at 1; at the end nothing is there")
                .contains("a sends a2");
    }

    @Test
    void aRecordThatWasReadAndIsGoneIsALostRead() {
        send("a", "a1");
        poll("r", "", "0:a1");
        readBack();
        assertOnly(AnomalyKind.LOST_READ);
    }

    @Test
    void aRecordThatStandsElsewhereThanAcknowledgedIsAtAWrongOffset() {
        write("a", "a1", 0);
        readBack("1:a1");
        assertOnly(AnomalyKind.WRONG_OFFSET);
    }

    @Test
    void oneOffsetWithTwoValuesIsInconsistent() {
        write("a", "a1", 0);
        write("b", "b1", 0);
        readBack("0:a1", "1:b1");
        assertThat(check().counts()).isEqualTo(Map.of(AnomalyKind.INCONSISTENT_OFFSET, 1, AnomalyKind.WRONG_OFFSET, 1));
    }

    @Test
    void twoReadersThatSeeDifferentValuesAtAnOffsetAreInconsistent() {
        send("a", "a1");
        send("b", "b1");
        poll("r", "", "0:a1");
        poll("s", "", "0:b1");
        assertOnly(AnomalyKind.INCONSISTENT_OFFSET);
    }

    @Test
    void aRecordAtTwoOffsetsIsADuplicate() {
        write("a", "a1", 0);
        readBack("0:a1", "1:a1");
        assertOnly(AnomalyKind.DUPLICATE);
    }

    @Test
    void aSendThatWasGivenUpMayBeThereTwice() {
        send("a", "a1");
        fail("a", "a1", false);
        readBack("0:a1", "1:a1");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void whatWasGivenUpMayBeThereAgainBehindItsSuccessors() {
        send("a", "a1");
        send("a", "a2");
        fail("a", "a1", false);
        fail("a", "a2", false);
        readBack("0:a1", "1:a2", "2:a1");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void whatWasGivenUpMustStandInOrderAtFirst() {
        send("a", "a1");
        send("a", "a2");
        fail("a", "a1", false);
        fail("a", "a2", false);
        readBack("0:a2", "1:a1", "2:a2");
        assertOnly(AnomalyKind.REORDERED);
    }

    @Test
    void aSendWithoutAnyAnswerMayNotBeThereTwice() {
        send("a", "a1");
        readBack("0:a1", "1:a1");
        assertOnly(AnomalyKind.DUPLICATE);
    }

    @Test
    void aRefusedRecordMustNotBeThere() {
        send("a", "a1");
        fail("a", "a1", true);
        readBack("0:a1");
        assertOnly(AnomalyKind.REFUSED_BUT_THERE);
    }

    @Test
    void aRecordThatNobodySentIsReported() {
        readBack("0:x");
        assertOnly(AnomalyKind.NEVER_SENT);
    }

    @Test
    void recordsOfAProducerInAnotherOrderAreReordered() {
        send("a", "a1");
        send("a", "a2");
        ack("a", "a2", 0);
        ack("a", "a1", 1);
        readBack("0:a2", "1:a1");
        assertOnly(AnomalyKind.REORDERED);
    }

    @Test
    void concurrentRecordsOfTwoProducersMayStandInAnyOrder() {
        send("a", "a1");
        send("b", "b1");
        ack("a", "a1", 1);
        ack("b", "b1", 0);
        readBack("0:b1", "1:a1");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void aRecordBeforeOneThatWasAcknowledgedEarlierHasOvertakenIt() {
        write("a", "a1", 1);
        write("b", "b1", 0);
        readBack("0:b1", "1:a1");
        assertOnly(AnomalyKind.OVERTAKEN);
    }

    @Test
    void aPollThatLeavesOutARecordSkips() {
        threeRecords();
        position("r", "", 0);
        poll("r", "", "0:a1");
        poll("r", "", "2:a3");
        assertOnly(AnomalyKind.POLL_SKIPS);
        assertThat(check().toString())
                .contains("r was given 2:a3 where 1 was next: 1 records left out, the first is 1=a2");
    }

    @Test
    void aPollThatLeavesOutARecordInsideSkips() {
        threeRecords();
        poll("r", "", "0:a1", "2:a3");
        assertOnly(AnomalyKind.POLL_SKIPS);
    }

    @Test
    void aPollThatBeginsBehindItsPositionSkips() {
        threeRecords();
        position("r", "", 0);
        poll("r", "", "1:a2", "2:a3");
        assertOnly(AnomalyKind.POLL_SKIPS);
    }

    @Test
    void aPollThatGivesAnOffsetAgainGoesBack() {
        threeRecords();
        position("r", "", 0);
        poll("r", "", "0:a1", "1:a2");
        poll("r", "", "1:a2", "2:a3");
        assertOnly(AnomalyKind.POLL_GOES_BACK);
    }

    @Test
    void aPollBeforeItsPositionGoesBack() {
        threeRecords();
        position("r", "", 1);
        poll("r", "", "0:a1", "1:a2", "2:a3");
        assertOnly(AnomalyKind.POLL_GOES_BACK);
    }

    @Test
    void aConsumerThatSeeksMayReadAgain() {
        threeRecords();
        position("r", "", 0);
        poll("r", "", "0:a1", "1:a2", "2:a3");
        position("r", "", 1);
        poll("r", "", "1:a2", "2:a3");
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void aGroupThatGoesOnBehindWhatItReadNeverSawARecord() {
        threeRecords();
        position("m", "g", 0);
        poll("m", "g", "0:a1");
        position("n", "g", 2);
        poll("n", "g", "2:a3");
        assertOnly(AnomalyKind.GROUP_NEVER_SAW);
    }

    @Test
    void aGroupsCommitThatGoesBackIsForgotten() {
        commit("g", 5, true);
        commit("g", 9, true);
        commitRead("g", 5);
        assertOnly(AnomalyKind.COMMIT_FORGOTTEN);
    }

    @Test
    void aGroupsCommitThatIsGoneIsForgotten() {
        commit("g", 5, true);
        commitRead("g", -1);
        assertOnly(AnomalyKind.COMMIT_FORGOTTEN);
    }

    @Test
    void aCommitWithoutAnswerMayCountOrNot() {
        commit("g", 5, true);
        commit("g", 9, false);
        commitRead("g", 5);
        commitRead("g", 9);
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void aCommitWithoutAnswerThatCountedCountsForGood() {
        commit("g", 5, true);
        commit("g", 9, false);
        commitRead("g", 9);
        commitRead("g", 5);
        assertOnly(AnomalyKind.COMMIT_FORGOTTEN);
    }

    @Test
    void aCommitThatIsAcknowledgedWhileAnotherAsksMayCountOrNot() {
        long from = ++time;
        commit("g", 5, true);
        history.add(new CommitRead(from, ++time, "m", "g", P, -1));
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void aCommitOfAnotherGroupOrPartitionIsNone() {
        commit("g", 5, true);
        commitRead("h", -1);
        history.add(new CommitRead(++time, ++time, "m", "g", "orders-1", -1));
        assertThat(check().counts()).isEmpty();
    }

    @Test
    void anOffsetThatNobodyCommittedIsInvented() {
        commit("g", 5, true);
        commitRead("g", 7);
        assertOnly(AnomalyKind.COMMIT_INVENTED);
    }

    @Test
    void theReportShowsTheTroubleBefore() {
        write("a", "a1", 0);
        history.add(new Trouble(++time, "node 2 killed"));
        write("a", "a2", 1);
        readBack("0:a1");
        assertThat(check().toString())
                .contains("LOST_WRITE in orders-0 (an acknowledged record is not there)")
                .contains("*** node 2 killed")
                .contains("a is told that a1 is at 0");
    }

    @Test
    void ofManyErrorsTheFirstOnesAreShownAndAllCounted() {
        for (int i = 0; i < 100; i++) {
            write("a", "a" + i, i);
        }
        readBack();
        assertThat(check().counts()).isEqualTo(Map.of(AnomalyKind.LOST_WRITE, 100));
        assertThat(check().anomalies()).hasSize(3);
    }

    private void threeRecords() {
        write("a", "a1", 0);
        write("a", "a2", 1);
        write("a", "a3", 2);
        readBack("0:a1", "1:a2", "2:a3");
    }

    private void write(String producer, String value, long offset) {
        send(producer, value);
        ack(producer, value, offset);
    }

    private void send(String producer, String value) {
        history.add(new Sent(++time, producer, P, value));
    }

    private void ack(String producer, String value, long offset) {
        history.add(new Acknowledged(++time, producer, P, value, offset));
    }

    private void fail(String producer, String value, boolean certainly) {
        history.add(new Failed(++time, producer, P, value, certainly, "TimeoutException"));
    }

    private void position(String consumer, String group, long offset) {
        history.add(new Positioned(++time, consumer, group, P, offset));
    }

    private void poll(String consumer, String group, String... entries) {
        history.add(new Polled(++time, consumer, group, P, entries(entries)));
    }

    private void readBack(String... entries) {
        history.add(new ReadBack(++time, P, entries(entries)));
    }

    private void commit(String group, long offset, boolean acknowledged) {
        history.add(new Committed(++time, ++time, "m", group, P, offset, acknowledged));
    }

    private void commitRead(String group, long offset) {
        history.add(new CommitRead(++time, ++time, "m", group, P, offset));
    }

    private static List<Entry> entries(String... entries) {
        return List.of(entries).stream()
                .map(e -> new Entry(Long.parseLong(e.split(":", 2)[0]), e.split(":", 2)[1]))
                .toList();
    }

    private Verdict check() {
        return HistoryChecker.check(history);
    }

    private void assertOnly(AnomalyKind kind) {
        Verdict verdict = check();
        assertThat(verdict.counts().keySet()).as("%s", verdict).containsExactly(kind);
        assertThat(verdict.anomalies().get(0).around()).as("what is shown").isNotEmpty();
    }
}
