/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogConfig;
import io.sluice.log.LogCorruptException;
import io.sluice.log.LogView;
import io.sluice.log.file.LogFiles;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random logs are compacted, interrupted, and compacted again; what must stay is compared with all that was written. */
class LogCompactionPropertyTest {
    private static final long PLENTY = 1 << 20;

    /** Room for twelve keys. */
    private static final long SCARCE = 16L * KeyMap.SLOT_BYTES;

    @Property(tries = 20)
    void theLatestOfEachKeyStaysAndNothingElseOfIt(@ForAll long seed) throws Exception {
        // Given
        Random random = new Random(seed);
        CompactedLog log = random(new MemoryFiles(), random);
        for (int round = 0; round < 4; round++) {
            String where = "seed " + seed + ", round " + round;
            log.append(1 + random.nextInt(40));
            if (random.nextInt(3) == 0) {
                log.roll();
            }
            LogView old = log.log.view();

            // When
            log.compactFully();

            // Then
            NavigableMap<Long, CompactedLog.Seen> seen = log.readAll();
            log.assertNothingIsLost(seen, where);
            CompactedLog.assertCompact(seen, firstDirty(log), where);
            log.assertNothingIsLost(CompactedLog.readAll(old), where + ", through a view taken before");
            assertFindsByTime(log, old, seen, log.nowMs - random.nextInt(60), where);
            assertNoLeftovers(log.files, where);
            log.nowMs += random.nextInt(2_000);
            log.log.close();
            log.open();
        }
    }

    @Property(tries = 6)
    void aCrashAtAnyOperationLosesNothing(@ForAll long seed) throws Exception {
        // Given
        int operations = crash(seed, Integer.MAX_VALUE, "no crash");
        for (int at = 0; at <= operations; at++) {
            // When, Then
            crash(seed, at, "seed " + seed + ", crash before operation " + at + " of " + operations);
        }
    }

    /** The power loss keeps the segment with a tombstone's delete horizon, but not the one that its older value was taken from. */
    @Example
    void aTombstoneOutlivesAnOlderValueThatComesBackWithAPowerLoss() throws Exception {
        crash(-65, 344, "seed -65, crash before operation 344");
    }

    /** Dies after so many operations of a compaction, starts again on what is left. */
    private int crash(long seed, int after, String where) throws Exception {
        Random random = new Random(seed);
        MemoryFiles files = new MemoryFiles();
        CompactedLog log = random(files, random);
        log.append(1 + random.nextInt(25));
        log.compactOnce();
        log.append(1 + random.nextInt(25));
        log.nowMs += random.nextInt(2_000);
        if (random.nextBoolean()) {
            log.roll();
        }
        log.log.close();
        MemoryFiles safe = files.afterProcessDeath();
        log.reopen(safe);
        long end = log.log.view().logEndOffset();
        safe.crashAfter(after);
        int operations = 0;
        try {
            log.compactFully();
            operations = safe.operations();
        } catch (MemoryFiles.Crash e) {
            operations = after;
        }
        Random fate = new Random(seed + after);
        boolean power = fate.nextBoolean();
        String how = where + (power ? ", power lost" : ", process died");
        MemoryFiles left = power ? safe.afterPowerLoss(fate) : safe.afterProcessDeath();
        left.crashAfter(fate.nextInt(12));
        try {
            log.reopen(left);
        } catch (MemoryFiles.Crash e) {
            how += ", and again while it starts";
            log.reopen(power ? left.afterPowerLoss(fate) : left.afterProcessDeath());
        }
        left.crashAfter(Integer.MAX_VALUE);
        assertThat(log.log.view().logEndOffset()).as(how).isEqualTo(end);
        log.assertNothingIsLost(log.readAll(), how);
        assertNoLeftovers(log.files, how);
        log.compactFully();
        NavigableMap<Long, CompactedLog.Seen> seen = log.readAll();
        log.assertNothingIsLost(seen, how + ", compacted again");
        CompactedLog.assertCompact(seen, firstDirty(log), how + ", compacted again");
        return operations;
    }

    private static CompactedLog random(LogFiles files, Random random) throws Exception {
        LogConfig config = Configs.compacted(
                300 + random.nextInt(500),
                random.nextInt(3) * 0.3,
                random.nextInt(2) * 1_000L,
                random.nextInt(2) * 20L,
                random.nextBoolean() ? Long.MAX_VALUE : 10);
        return new CompactedLog(files, config, random, 1 + random.nextInt(30), random.nextBoolean() ? PLENTY : SCARCE);
    }

    private static void assertFindsByTime(
            CompactedLog log, LogView old, NavigableMap<Long, CompactedLog.Seen> seen, long timestampMs, String where)
            throws Exception {
        LogView.TimestampedOffset expected = null;
        for (var record : seen.entrySet()) {
            if (expected == null && record.getValue().timestampMs() >= timestampMs) {
                expected = new LogView.TimestampedOffset(record.getValue().timestampMs(), record.getKey(), 1);
            }
        }
        assertThat(log.log.view().offsetForTimestamp(timestampMs, LogView.Bound.LOG_END))
                .as(where)
                .isEqualTo(expected);
        assertThat(old.offsetForTimestamp(timestampMs, LogView.Bound.LOG_END))
                .as(where + ", through a view taken before")
                .isEqualTo(expected);
    }

    private static long firstDirty(CompactedLog log) throws Exception {
        var content = log.files.readWhole(CompactedLog.FOLDER.resolve(CleanerCheckpoint.FILE));
        try {
            return content == null
                    ? 0
                    : CleanerCheckpoint.decode(content, "checkpoint").firstDirtyOffset();
        } catch (LogCorruptException tornByThePowerLoss) {
            return 0;
        }
    }

    private static void assertNoLeftovers(LogFiles files, String where) throws Exception {
        List<String> names = files.list(CompactedLog.FOLDER).stream()
                .map(LogFiles.Entry::name)
                .toList();
        assertThat(names).as(where).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
    }
}
