/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.socket.frame.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's WebSocket, with what it received in a queue. */
final class TestSocket implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final CompletableFuture<String> pong = new CompletableFuture<>();
    private final FrameFormat format;
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    final WebSocket socket;

    TestSocket(URI uri, FrameFormat format) {
        this.format = format;
        this.socket = CLIENT.newWebSocketBuilder()
                .subprotocols(format.subprotocol())
                .buildAsync(uri, this)
                .join();
        assertThat(socket.getSubprotocol()).isEqualTo(format.subprotocol());
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            add(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            add(binary.toByteArray());
            binary.reset();
        }
        from.request(1);
        return null;
    }

    private void add(byte[] frame) {
        try {
            frames.add(Frames.mapper(format).readTree(frame));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        pong.complete(StandardCharsets.UTF_8.decode(data).toString());
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    void send(String json) {
        try {
            if (format == FrameFormat.JSON) {
                socket.sendText(json, true).join();
            } else {
                socket.sendBinary(ByteBuffer.wrap(Frames.CBOR.writeValueAsBytes(Frames.JSON.readTree(json))), true)
                        .join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void subscribe(String id, String topic, String from, long credit) {
        send("{\"type\":\"subscribe\",\"id\":\"" + id + "\",\"topics\":[\"" + topic + "\"],\"from\":" + from
                + ",\"credit\":{\"records\":" + credit + "}}");
    }

    /** The next frame; it has to be of this type. On a slow machine the progress that comes with each ping may be before it. */
    JsonNode expect(String type) throws InterruptedException {
        JsonNode frame = frames.poll(10, TimeUnit.SECONDS);
        while (frame != null && isProgress(frame) && !type.equals("progress")) {
            frame = frames.poll(10, TimeUnit.SECONDS);
        }
        assertThat(frame).as("no frame, but %s was expected", type).isNotNull();
        assertThat(frame.get("type").asText()).as(frame.toString()).isEqualTo(type);
        return frame;
    }

    private static boolean isProgress(JsonNode frame) {
        return frame.get("type").asText().equals("progress");
    }

    String closed() throws Exception {
        return closed.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
