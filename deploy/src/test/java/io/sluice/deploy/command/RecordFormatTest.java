/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
    private static final byte[] NOT_UTF_8 = {(byte) 0xC3, 0x28, 0, '\r'};

    private final Headers headers = new RecordHeaders();

    @Test
    void valueIsItsBytesAndALineFeed() throws IOException {
        assertThat(written("value", "k", NOT_UTF_8)).isEqualTo(new byte[] {(byte) 0xC3, 0x28, 0, '\r', '\n'});
    }

    @Test
    void aLineThatHadNoLineFeedGetsNone() throws IOException {
        headers.add(ProduceCommand.UNTERMINATED, new byte[0]);

        assertThat(written("value", null, "end".getBytes(UTF_8))).isEqualTo("end".getBytes(UTF_8));
    }

    @Test
    void aTombstoneIsAnEmptyLine() throws IOException {
        assertThat(written("value", "k", null)).isEqualTo(new byte[] {'\n'});
    }

    @Test
    void jsonKeepsWhatIsNotText() throws IOException {
        headers.add("h", "v".getBytes(UTF_8));

        assertThat(new String(written("json", "k", NOT_UTF_8), UTF_8))
                .isEqualTo("{\"topic\":\"t\",\"partition\":3,\"offset\":7,\"timestamp\":1700000000000,\"key\":\"k\","
                        + "\"value\":{\"base64\":\"wygADQ==\"},\"headers\":[{\"key\":\"h\",\"value\":\"v\"}]}\n");
    }

    @Test
    void aTemplateNamesWhatIsWanted() throws IOException {
        headers.add("a", "1".getBytes(UTF_8)).add("b", null);

        byte[] line = written(
                "{topic}-{partition}@{offset}\\t{timestamp} {time}\\\\n{key}={value} {headers}",
                "k",
                "v".getBytes(UTF_8));

        assertThat(new String(line, UTF_8)).isEqualTo("t-3@7\t1700000000000 2023-11-14T22:13:20Z\\nk=v a=1,b=\n");
    }

    @Test
    void whatARecordDoesNotHaveIsRefusedByName() {
        assertThatThrownBy(() -> RecordFormat.of("{ofset}")).hasMessageContaining("{ofset} is unknown");
        assertThatThrownBy(() -> RecordFormat.of("vlaue"))
                .hasMessageContaining("\"vlaue\" is not value, json or a template");
    }

    private byte[] written(String format, String key, byte[] value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "t",
                3,
                7,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key == null ? null : key.getBytes(UTF_8),
                value,
                headers,
                Optional.empty());
        RecordFormat.of(format).write(record, out);
        return out.toByteArray();
    }
}
