/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireReaderTest {
    private static final int MAX = 1000;

    private final List<String> heard = new ArrayList<>();
    private final WireReader reader = new WireReader(MAX, new WireListener() {
        @Override
        public void onMessage(boolean text, byte[] payload) {
            heard.add((text ? "text " : "binary ") + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void onPing(byte[] payload) {
            heard.add("ping " + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void onPong() {
            heard.add("pong");
        }

        @Override
        public void onClose(int code, String reason) {
            heard.add("close " + code + " " + reason);
        }
    });

    private static byte[] frame(boolean fin, int opcode, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((fin ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(0x80 | 127);
            out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        byte[] mask = {1, (byte) 0xfe, 77, 0x55};
        out.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i & 3]);
        }
        return out.toByteArray();
    }

    private static byte[] frame(boolean fin, int opcode, String payload) {
        return frame(fin, opcode, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] join(byte[]... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            out.writeBytes(frame);
        }
        return out.toByteArray();
    }

    private void read(byte[] bytes) throws WireException {
        reader.read(ByteBuffer.wrap(bytes));
    }

    private WireException refused(byte[] bytes) {
        return catchThrowableOfType(WireException.class, () -> read(bytes));
    }

    @Property(tries = 300)
    void messagesAreTheSameHoweverTheyAreCut(@ForAll long seed) throws WireException {
        // Given
        Random random = new Random(seed);
        byte[] bytes = join(
                frame(true, 1, "ü€🙂 whole"),
                frame(false, 1, "in "),
                frame(true, 9, "hi"),
                frame(false, 0, "x".repeat(200)),
                frame(true, 10, ""),
                frame(true, 0, ""),
                frame(true, 2, ""),
                frame(true, 8, join(new byte[] {0x0f, (byte) 0xa0}, "bye".getBytes(StandardCharsets.UTF_8))),
                frame(true, 1, "nobody hears that"));
        WireReaderTest fresh = new WireReaderTest();

        // When
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 300));
            fresh.read(Arrays.copyOfRange(bytes, at, at + length));
            at += length;
        }

        // Then
        assertThat(fresh.heard)
                .as("seed %d", seed)
                .containsExactly(
                        "text ü€🙂 whole",
                        "ping hi",
                        "pong",
                        "text in " + "x".repeat(200),
                        "binary ",
                        "close 4000 bye");
    }

    @Test
    void aCharacterMayBeCutBetweenFragments() throws Exception {
        // Given
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);

        // When
        read(join(frame(false, 1, Arrays.copyOf(euro, 1)), frame(true, 0, Arrays.copyOfRange(euro, 1, 3))));

        // Then
        assertThat(heard).containsExactly("text €");
    }

    @Test
    void aTextThatIsNotUtf8IsRefused() {
        // When
        WireException refused = refused(frame(true, 1, new byte[] {'a', (byte) 0xff}));

        // Then
        assertThat(refused.code()).isEqualTo(CloseCode.INVALID_PAYLOAD);
        assertThat(refused).hasMessage("a text must be UTF-8");
    }

    @Test
    void aMessageMayBeAsLongAsItMayAndNotAByteMoreWithoutReadingIt() throws Exception {
        // Given
        read(frame(true, 2, new byte[MAX]));
        assertThat(heard).hasSize(1);
        byte[] head = Arrays.copyOf(frame(true, 2, new byte[MAX + 1]), 8);

        // When
        WireException refused = refused(head);

        // Then
        assertThat(refused.code()).isEqualTo(CloseCode.TOO_BIG);
        assertThat(refused).hasMessage("a message may have 1000 bytes");
    }

    @Test
    void fragmentsTogetherMayNotBeLonger() {
        // When
        WireException refused = refused(join(frame(false, 2, new byte[MAX]), frame(true, 0, new byte[1])));

        // Then
        assertThat(refused.code()).isEqualTo(CloseCode.TOO_BIG);
    }

    @Test
    void aLengthOf63BitsIsRefusedAtOnce() {
        // When
        WireException refused =
                refused(new byte[] {(byte) 0x82, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0});

        // Then
        assertThat(refused.code()).isEqualTo(CloseCode.TOO_BIG);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "8105,          a frame of a client must be masked",
        "C180 00000000, a reserved bit is set",
        "8380 00000000, unknown opcode 3",
        "8B80 00000000, unknown opcode 11",
        "8080 00000000, a continuation of no message",
        "0180 00000000 0180 00000000, a new message before the last was whole",
        "0980 00000000, a control frame must be whole and have at most 125 bytes",
        "89FE007E 00000000, a control frame must be whole and have at most 125 bytes",
        "8881 00000000 03, half a close code",
        "8882 00000000 03ED, close code 1005 must not be sent",
        "8882 00000000 0000, close code 0 must not be sent",
        "82FF8000000000000000 00000000, a length is negative"
    })
    void whatBreaksTheProtocolIsRefusedInWords(String hex, String reason) {
        // When
        WireException refused = refused(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));

        // Then
        assertThat(refused).hasMessage(reason);
        assertThat(refused.code()).isEqualTo(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void aCloseWithoutACodeIsToldAsSuch() throws Exception {
        // When
        read(frame(true, 8, ""));

        // Then
        assertThat(heard).containsExactly("close 1005 ");
    }

    @Property(tries = 2_000)
    void bytesAtRandomDoNothingButCloseTheSocket(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(400)];
        random.nextBytes(bytes);

        // When, Then
        try {
            new WireReaderTest().read(bytes);
        } catch (WireException e) {
            assertThat(e.code()).as("seed %d", seed).isNotNull();
        }
    }

    @Test
    void reasonsAreCutBetweenCharacters() {
        // When
        byte[] frame = new byte[125];
        WireWriter.close(1002, "a" + "€".repeat(60)).asByteBuffer().get(frame, 0, 125);

        // Then: 1 + 40 * 3 bytes
        assertThat(frame[1]).isEqualTo((byte) (2 + 121));
    }
}
