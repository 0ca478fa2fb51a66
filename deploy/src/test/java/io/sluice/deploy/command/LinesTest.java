/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Property(tries = 300)
    void anyBytesComeBackWhenTheLinesAreJoined(@ForAll long seed) throws IOException {
        // Given: lines of all lengths around the buffer's size, any bytes, perhaps no line feed at the end
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 64 : 300_000)];
        random.nextBytes(bytes);
        int thin = random.nextInt(4);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' && thin > 0 && random.nextInt(1 << (3 * thin)) != 0) {
                bytes[i] = '\r';
            }
        }

        // When
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        Lines lines = new Lines(trickle(bytes, random), 1 << 20);
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            joined.write(line);
            if (lines.terminated()) {
                joined.write('\n');
            }
        }

        // Then
        assertThat(joined.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void emptyLinesAreLines() throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(new byte[] {'\n', 'a', '\r', '\n', '\n'}), 10);

        assertThat(List.of(lines.next(), lines.next(), lines.next()))
                .containsExactly(new byte[0], new byte[] {'a', '\r'}, new byte[0]);
        assertThat(lines.next()).isNull();
        assertThat(lines.terminated()).isTrue();
    }

    @Test
    void nothingIsNoLine() throws IOException {
        assertThat(new Lines(InputStream.nullInputStream(), 10).next()).isNull();
    }

    @Test
    void anEndlessLineIsAnErrorAndNotAnEndlessBuffer() {
        Lines lines = new Lines(new ByteArrayInputStream(new byte[200_000]), 100_000);

        assertThatThrownBy(lines::next).isInstanceOf(IOException.class).hasMessageContaining("100000");
    }

    /** A stream that gives a random number of bytes at a time, as a pipe does. */
    private static InputStream trickle(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(70_000)));
            }
        };
    }
}
