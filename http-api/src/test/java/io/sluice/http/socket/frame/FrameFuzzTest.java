/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a message is, the codec takes it or says in one line what is wrong. */
class FrameFuzzTest {
    @Property(tries = 10_000)
    void whateverAClientSendsIsAFrameOrAnError(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        FrameFormat format = Frames.any(FrameFormat.values(), random);
        byte[] message = spoiled(
                Frames.bytes(
                        format, random.nextBoolean() ? Frames.tree(Frames.randomClientFrame(random)) : produce(random)),
                random);

        // When, Then
        read(() -> FrameCodec.of(format).read(message), seed, message);
        read(() -> FrameCodec.of(format).readProduce(message), seed, message);
    }

    private interface Reading {
        Object read() throws FrameException;
    }

    private static void read(Reading reading, long seed, byte[] message) {
        try {
            assertThat(reading.read()).isNotNull();
        } catch (FrameException e) {
            assertThat(e.getMessage())
                    .as("seed %d, %s", seed, HexFormat.of().formatHex(message))
                    .isNotBlank()
                    .hasSizeLessThan(600)
                    .doesNotContainPattern("[\\p{Cntrl}]");
        } catch (RuntimeException e) {
            fail("seed " + seed + ", " + HexFormat.of().formatHex(message), e);
        }
    }

    /** A frame of the socket for producing, with values of all kinds. */
    static ObjectNode produce(Random random) {
        ObjectNode frame = Frames.JSON.createObjectNode();
        frame.put("type", "produce").put("id", "p").put("topic", "orders");
        String[] encodings = {"utf8", "base64", "json"};
        frame.put("value", encodings[random.nextInt(3)]);
        ArrayNode records = frame.putArray("records");
        for (int i = 0; i <= random.nextInt(3); i++) {
            ObjectNode record = records.addObject();
            record.put("k", "key").put("p", random.nextInt(3));
            if (random.nextBoolean()) {
                record.put("v", "dmFsdWU=");
            } else {
                record.putObject("v").putArray("a").add(random.nextDouble()).addNull();
            }
            record.putArray("h").addArray().add("h").add("dmFsdWU=");
        }
        if (random.nextBoolean()) {
            frame.put("producer", "x").put("sequence", random.nextInt());
        }
        return frame;
    }

    /** As it is, or with some bytes changed, cut off, doubled or made up. */
    static byte[] spoiled(byte[] message, Random random) {
        byte[] bytes = message.clone();
        for (int times = random.nextInt(4); times > 0 && bytes.length > 0; times--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
                    System.arraycopy(bytes, at, longer, longer.length - (bytes.length - at), bytes.length - at);
                    bytes = longer;
                }
                default -> {
                    List<Integer> odd = List.of((int) '{', (int) '[', (int) '"', 0x5f, 0xff, 0x9f, 0x7f, 0xc2, 0);
                    bytes[at] = odd.get(random.nextInt(odd.size())).byteValue();
                }
            }
        }
        return bytes;
    }
}
