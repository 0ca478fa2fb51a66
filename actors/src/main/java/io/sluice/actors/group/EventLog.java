/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.actors.group.core.Answer;
import io.sluice.actors.group.core.Effects;
import io.sluice.actors.group.record.GroupEvent;
import io.sluice.actors.group.record.GroupRecords;
import io.sluice.log.ErrorCode;
import io.sluice.log.batch.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * What waits for the log: events that are to be appended, and answers that may be given when the events before them are committed. One append is under
 * way at a time; events that come meanwhile leave together in the next. This class is not thread-safe.
 */
final class EventLog {
    /** Of a record, beside key and value: lengths, deltas, attributes. */
    private static final int RECORD_OVERHEAD_BYTES = 40;

    private static final int BATCH_OVERHEAD_BYTES = 61;

    private final int maxBatchBytes;
    private final Queue<GroupEvent> waiting = new ArrayDeque<>();
    private final Queue<Parked> parked = new ArrayDeque<>();
    private long emitted;
    private long committed;
    private int underWay;

    private record Parked(Answer<?> answer, long afterEvents) {}

    EventLog(int maxBatchBytes) {
        this.maxBatchBytes = maxBatchBytes;
    }

    /** Takes over what the core wants done; gives the answers that need not wait. */
    void accept(Effects effects) {
        for (Answer<?> answer : effects.answers()) {
            long afterEvents = emitted + answer.events();
            if (answer.events() == -1 || afterEvents <= committed) {
                answer.give();
            } else {
                parked.add(new Parked(answer, afterEvents));
            }
        }
        emitted += effects.events().size();
        waiting.addAll(effects.events());
    }

    /** Answers that wait for the log. */
    int parked() {
        return parked.size();
    }

    boolean canAppend() {
        return underWay == 0 && !waiting.isEmpty();
    }

    /** The next batch, of as many events as fit. It is under way until {@link #committed} or {@link #fail}. */
    ByteBuffer nextBatch(long nowMs) {
        BatchBuilder batch = BatchBuilder.create();
        int bytes = BATCH_OVERHEAD_BYTES;
        for (GroupEvent event = waiting.peek(); event != null; event = waiting.peek()) {
            byte[] key = GroupRecords.key(event);
            byte[] value = GroupRecords.value(event);
            bytes += RECORD_OVERHEAD_BYTES + key.length + (value == null ? 0 : value.length);
            if (underWay > 0 && bytes > maxBatchBytes) {
                break;
            }
            batch.add(nowMs, key, value);
            waiting.remove();
            underWay++;
        }
        return batch.build();
    }

    /** The append under way is committed. */
    void committed() {
        committed += underWay;
        underWay = 0;
        while (!parked.isEmpty() && parked.peek().afterEvents() <= committed) {
            parked.remove().answer().give();
        }
    }

    /** Nothing that waits will be committed. */
    void fail(ErrorCode error) {
        List<Parked> failed = new ArrayList<>(parked);
        parked.clear();
        waiting.clear();
        emitted = 0;
        committed = 0;
        underWay = 0;
        failed.forEach(each -> each.answer().fail(error));
    }
}
