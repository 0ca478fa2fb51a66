/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static boolean decodes(byte[] bytes, int from, int length) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, from, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void everyTwoAndThreeBytesAreJudgedAsTheJdkDoes() {
        byte[] bytes = new byte[3];
        for (int i = 0; i < 1 << 24; i += i < 1 << 16 ? 1 : 61) {
            bytes[0] = (byte) i;
            bytes[1] = (byte) (i >> 8);
            bytes[2] = (byte) (i >> 16);
            int length = i < 1 << 16 ? 2 : 3;
            if (Utf8.isValid(bytes, 0, length) != decodes(bytes, 0, length)) {
                assertThat(Utf8.isValid(bytes, 0, length)).as("%06x", i).isEqualTo(decodes(bytes, 0, length));
            }
        }
    }

    @Property(tries = 5_000)
    void textThatWasSpoiledIsJudgedAsTheJdkDoes(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < random.nextInt(30); i++) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> 0x1f600 + random.nextInt(50);
                        case 1 -> 0x80 + random.nextInt(0x700);
                        case 2 -> 0x800 + random.nextInt(0xc000);
                        default -> random.nextInt(0x80);
                    });
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < random.nextInt(3) && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);

        // When, Then
        assertThat(Utf8.isValid(bytes, from, bytes.length - from))
                .as("seed %d", seed)
                .isEqualTo(decodes(bytes, from, bytes.length - from));
    }
}
