/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult.RecordError;
import io.sluice.log.AppendResult.Rejected;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.TestConfig;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Decompressors;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule for what may enter a log, broken once. */
class AppendChecksTest {
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final byte[] VALUE = new byte[50];

    private final AppendChecks checks = new AppendChecks(new Decompressors(100_000));

    @Test
    void aGoodBatchPasses() {
        assertThat(client(records(3).build())).isNull();
    }

    @Test
    void severalGoodBatchesPass() {
        assertThat(client(together(records(3).build(), records(1).build()))).isNull();
    }

    @Test
    void nothingAtAllIsRefused() {
        assertRefused(client(ByteBuffer.allocate(0)), ErrorCode.INVALID_RECORD, "no batch");
    }

    @Test
    void aWrongFormatVersionIsRefused() {
        ByteBuffer batch = records(1).build();
        batch.put(16, (byte) 1);
        assertRefused(client(batch), ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, "version 1");
    }

    @Test
    void aBatchCutShortIsRefused() {
        ByteBuffer batch = records(2).build();
        batch.limit(batch.limit() - 1);
        assertRefused(client(batch), ErrorCode.CORRUPT_MESSAGE, "were sent");
    }

    @Test
    void aLengthThatOverflowsIsRefused() {
        ByteBuffer batch = records(2).build();
        batch.putInt(8, Integer.MAX_VALUE);
        assertRefused(client(batch), ErrorCode.CORRUPT_MESSAGE, "length");
        batch.putInt(8, -5);
        assertRefused(client(batch), ErrorCode.CORRUPT_MESSAGE, "length");
    }

    @Test
    void aFlippedBitIsRefused() {
        ByteBuffer batch = records(2).build();
        batch.put(70, (byte) (batch.get(70) ^ 4));
        assertRefused(client(batch), ErrorCode.CORRUPT_MESSAGE, "CRC");
    }

    @Test
    void aSecondBatchThatIsBadRefusesTheRequest() {
        ByteBuffer bad = records(2).build();
        bad.put(70, (byte) (bad.get(70) ^ 4));
        assertRefused(client(together(records(1).build(), bad)), ErrorCode.CORRUPT_MESSAGE, "CRC");
    }

    @Test
    void aBatchBeyondMaxMessageBytesIsRefused() {
        ByteBuffer batch = records(20).build();
        LogConfig config =
                new TestConfig().maxMessageBytes(batch.remaining() - 1).build();
        assertRefused(check(batch, config), ErrorCode.MESSAGE_TOO_LARGE, "max.message.bytes");
        assertThat(check(
                        batch,
                        new TestConfig().maxMessageBytes(batch.remaining()).build()))
                .isNull();
    }

    @Test
    void anUnknownCodecIsRefused() {
        ByteBuffer batch = records(1).build();
        batch.putShort(21, (short) 5);
        assertRefused(client(signed(batch)), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "codec 5");
    }

    @Test
    void aRecordCountThatDoesNotFitIsRefused() {
        for (int count : new int[] {0, 1, 3, -1, Integer.MAX_VALUE}) {
            ByteBuffer batch = records(2).build();
            batch.putInt(57, count);
            assertRefused(client(signed(batch)), ErrorCode.INVALID_RECORD, "");
        }
    }

    @Test
    void moreRecordsThanThereAreAreRefusedAlsoWhereTheOffsetsFit() {
        ByteBuffer batch = records(2).build();
        batch.putInt(57, 1000);
        batch.putInt(23, 999);
        assertRefused(client(signed(batch)), ErrorCode.INVALID_RECORD, "1000 records");
    }

    @ParameterizedTest
    @EnumSource
    void garbageInsteadOfRecordsIsRefused(Compression codec) {
        byte[] garbage = new byte[300];
        new Random(1).nextBytes(garbage);
        ByteBuffer good = records(2).build();
        ByteBuffer batch = ByteBuffer.allocate(61 + garbage.length);
        batch.put(good.slice(0, 61)).put(garbage).flip();
        batch.putInt(8, batch.limit() - 12);
        batch.putShort(21, (short) codec.id());
        assertRefused(client(signed(batch)), ErrorCode.INVALID_RECORD, "");
    }

    @Property(tries = 500)
    void aSignedBatchWithAnyByteChangedDoesNoHarm(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        ByteBuffer batch = records(1 + random.nextInt(5))
                .compression(Compression.ofId(random.nextInt(5)))
                .build();
        for (int i = random.nextInt(3); i >= 0; i--) {
            batch.put(61 + random.nextInt(batch.limit() - 61), (byte) random.nextInt());
        }
        // When
        Rejected rejected = client(signed(batch));
        // Then
        if (rejected == null) {
            io.sluice.log.batch.Records.in(batch)
                    .forEach(record -> assertThat(record.offset()).isNotNegative());
        } else {
            assertThat(rejected.error())
                    .isIn(ErrorCode.INVALID_RECORD, ErrorCode.INVALID_TIMESTAMP, ErrorCode.MESSAGE_TOO_LARGE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aDecompressionBombIsRefused(Compression codec) {
        ByteBuffer batch = BatchBuilder.create()
                .compression(codec)
                .add(NOW_MS, null, new byte[200_000])
                .build();
        assertThat(batch.remaining()).isLessThan(20_000);
        assertRefused(client(batch), ErrorCode.MESSAGE_TOO_LARGE, "sluice.decompressed.batch.max.bytes");
    }

    @Test
    void aRecordWithoutAKeyIsRefusedWhereTheTopicIsCompacted() {
        ByteBuffer batch = BatchBuilder.create()
                .add(NOW_MS, new byte[1], VALUE)
                .add(NOW_MS, null, VALUE)
                .build();
        Rejected rejected = check(batch, new TestConfig().compact().build());
        assertRefused(rejected, ErrorCode.INVALID_RECORD, "compacted");
        assertThat(rejected.recordErrors()).extracting(RecordError::index).containsExactly(1);
        assertThat(client(batch)).isNull();
    }

    @Test
    void timesOutOfTheBoundsAreRefused() {
        LogConfig config = new TestConfig()
                .timestampAfterMaxMs(1000)
                .timestampBeforeMaxMs(2000)
                .build();
        assertThat(check(at(NOW_MS + 1000), config)).isNull();
        assertRefused(check(at(NOW_MS + 1001), config), ErrorCode.INVALID_TIMESTAMP, "after.max.ms");
        assertThat(check(at(NOW_MS - 2000), config)).isNull();
        assertRefused(check(at(NOW_MS - 2001), config), ErrorCode.INVALID_TIMESTAMP, "before.max.ms");
        assertThat(check(at(-1), config)).isNull();
        LogConfig brokersTime =
                new TestConfig().timestampAfterMaxMs(1000).logAppendTime().build();
        assertThat(check(at(NOW_MS + 1001), brokersTime)).isNull();
    }

    @Test
    void aHeaderThatLiesAboutItsLargestTimeIsMended() {
        ByteBuffer batch = at(NOW_MS);
        batch.putLong(35, 5);
        signed(batch);
        assertThat(client(batch)).isNull();
        assertThat(BatchHeader.maxTimestamp(batch, 0)).isEqualTo(NOW_MS);
        assertThat(BatchHeader.isCrcValid(batch, 0)).isTrue();
    }

    @Test
    void whatIsNotForClientsIsRefused() {
        assertRefused(client(records(1).control().build()), ErrorCode.INVALID_RECORD, "control");
        assertRefused(client(records(1).logAppendTime(5).build()), ErrorCode.INVALID_TIMESTAMP, "LogAppendTime");
        assertRefused(client(records(1).producer(1, (short) 0, -1).build()), ErrorCode.INVALID_RECORD, "sequence -1");
        assertRefused(client(records(1).transactional().build()), ErrorCode.INVALID_RECORD, "producer id");
        assertRefused(
                client(records(1).transactional().producer(1, (short) 0, 0).build()),
                ErrorCode.INVALID_TXN_STATE,
                "transaction");
        assertThat(checks.check(records(1).control().build(), AppendOrigin.COORDINATOR, LogConfig.DEFAULTS, NOW_MS))
                .isNull();
    }

    private static BatchBuilder records(int count) {
        BatchBuilder builder = BatchBuilder.create();
        for (int i = 0; i < count; i++) {
            builder.add(NOW_MS, null, VALUE);
        }
        return builder;
    }

    private static ByteBuffer at(long timestampMs) {
        return BatchBuilder.create().add(timestampMs, null, VALUE).build();
    }

    private static ByteBuffer together(ByteBuffer... batches) {
        ByteBuffer all = ByteBuffer.allocate(10_000);
        for (ByteBuffer batch : batches) {
            all.put(batch);
        }
        return all.flip();
    }

    private static ByteBuffer signed(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(21));
        return batch.putInt(17, (int) crc.getValue());
    }

    private Rejected client(ByteBuffer batch) {
        return check(batch, LogConfig.DEFAULTS);
    }

    private Rejected check(ByteBuffer batch, LogConfig config) {
        return checks.check(batch, AppendOrigin.CLIENT, config, NOW_MS);
    }

    private static void assertRefused(Rejected rejected, ErrorCode error, String message) {
        assertThat(rejected).isNotNull();
        assertThat(rejected.error()).as(rejected.message()).isEqualTo(error);
        assertThat(rejected.message()).contains(message);
    }
}
