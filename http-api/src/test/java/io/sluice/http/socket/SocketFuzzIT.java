/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.socket.frame.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames at random, right and wrong in every way, on many sockets: each is answered or closed with a code, and another socket goes on undisturbed. */
@Timeout(300)
class SocketFuzzIT {
    private static final int FRAMES_A_SOCKET = 50;
    private static final Set<String> TYPES = Set.of("subscribed", "records", "progress", "gap", "error", "bye");

    @Test
    void tenThousandFramesDisturbNobody() throws Exception {
        fuzz(20_261_121, 10_000);
    }

    @Test
    @Tag("slow")
    void fortyThousandMoreDisturbNobody() throws Exception {
        fuzz(42, 40_000);
    }

    private static void fuzz(long seed, int frames) throws Exception {
        // Given
        FakeLog log = new FakeLog(3, 1_000_000, 10);
        try (SocketServer server = new SocketServer(log, SocketOptions.DEFAULTS);
                TestSocket bystander = new TestSocket(server.uri(), FrameFormat.JSON)) {
            bystander.subscribe("mine", "orders", "\"earliest\"", 0);
            bystander.expect("subscribed");

            for (int socket = 0; socket < frames / FRAMES_A_SOCKET; socket++) {
                String where = "seed " + seed + ", socket " + socket;
                Random random = new Random(seed * 1_000_003 + socket);

                // When
                try (RawSocket raw = new RawSocket(server.port())) {
                    send(raw, random);

                    // Then
                    follow(raw, where);
                }
                if (socket % 20 == 0) {
                    bystander.send("{\"type\":\"credit\",\"id\":\"mine\",\"records\":1}");
                    assertThat(bystander.expect("records").get("records"))
                            .as(where)
                            .hasSize(1);
                }
            }
            await().untilAsserted(() -> assertThat(server.sockets.count()).isEqualTo(1));
            await().untilAsserted(() -> assertThat(log.running).hasValue(1));
        }
    }

    private static void send(RawSocket raw, Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < FRAMES_A_SOCKET; i++) {
            frame(bytes, random);
            if (random.nextInt(4) == 0) {
                // pieces of any size
                raw.send(bytes.toByteArray());
                bytes.reset();
            }
        }
        // the last word, wherever the server stands: a close
        bytes.writeBytes(masked(0x88, new byte[] {3, (byte) 0xe8}, random));
        try {
            raw.send(bytes.toByteArray());
        } catch (IOException e) {
            // the server has closed already
        }
    }

    private static void frame(ByteArrayOutputStream out, Random random) {
        byte[] message = message(random);
        int kind = random.nextInt(1_000);
        if (kind < 700) {
            out.writeBytes(masked(0x81, message, random));
        } else if (kind < 850) {
            int at = message.length == 0 ? 0 : random.nextInt(message.length);
            out.writeBytes(masked(0x01, java.util.Arrays.copyOf(message, at), random));
            if (random.nextBoolean()) {
                out.writeBytes(masked(0x89, new byte[random.nextInt(126)], random));
            }
            out.writeBytes(masked(0x80, java.util.Arrays.copyOfRange(message, at, message.length), random));
        } else if (kind < 960) {
            out.writeBytes(masked(0x89 + random.nextInt(2), new byte[random.nextInt(126)], random));
        } else if (kind < 980) {
            // any head
            out.writeBytes(masked(random.nextInt(256), message, random));
        } else if (kind < 990) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            out.writeBytes(garbage);
        } else {
            out.writeBytes(masked(0x82, message, random));
        }
    }

    private static byte[] message(Random random) {
        byte[] message = Frames.bytes(FrameFormat.JSON, Frames.tree(Frames.randomClientFrame(random)));
        if (random.nextInt(3) == 0) {
            for (int times = random.nextInt(3); times >= 0 && message.length > 0; times--) {
                message[random.nextInt(message.length)] =
                        (byte) (random.nextInt(50) == 0 ? random.nextInt(256) : 32 + random.nextInt(95));
            }
        }
        return message;
    }

    private static byte[] masked(int first, byte[] payload, Random random) {
        byte[] head = payload.length < 126
                ? new byte[] {(byte) first, (byte) (0x80 | payload.length)}
                : new byte[] {(byte) first, (byte) 0xfe, (byte) (payload.length >> 8), (byte) payload.length};
        byte[] mask = new byte[4];
        random.nextBytes(mask);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        out.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i & 3]);
        }
        return out.toByteArray();
    }

    /** To the server's close, which does not wait for its end: what it says is well formed. */
    private static void follow(RawSocket raw, String where) throws IOException {
        String last = null;
        while (last == null || !last.startsWith("8 ")) {
            String frame = read(raw);
            if (frame == null) {
                break;
            }
            last = frame;
            switch (frame.substring(0, frame.indexOf(' '))) {
                case "1" -> {
                    JsonNode tree = Frames.JSON.readTree(frame.substring(2).getBytes(StandardCharsets.UTF_8));
                    assertThat(TYPES)
                            .as("%s: %s", where, frame)
                            .contains(tree.path("type").asText());
                }
                case "8" -> assertThat(frame).as(where).matches("(?s)8 (1000|1002|1003|1007|1009) .*");
                default -> assertThat(frame).as(where).matches("(?s)(9|10) .*");
            }
        }
        assertThat(last).as("%s: the last frame", where).startsWith("8 ");
    }

    /** @return null at the end */
    private static String read(RawSocket raw) {
        try {
            String frame = raw.read();
            return frame.equals("end") ? null : frame;
        } catch (IOException e) {
            // reset: the server closed while bytes were on their way to it
            return null;
        }
    }
}
