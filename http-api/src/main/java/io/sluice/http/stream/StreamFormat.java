/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.util.ByteString;
import io.sluice.actors.subscription.Positions;
import io.sluice.http.route.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How a stream looks to its client. */
enum StreamFormat {
    /**
     * Server-sent events (HTML Living Standard, 9.2). The id of each is the position vector after it, so that the next connection goes on exactly behind
     * the last event that was taken. Records are events without a name, as {@code EventSource.onmessage} wants them.
     *
     * <pre>
     *   id: orders:0=13,1=7
     *   data: {"topic":"orders","partition":0,"offset":12,"timestamp":1795242000000,"key":"k","value":"v"}
     *
     *   event: progress
     *   id: orders:0=20,1=7
     *   data: {"positions":{"orders":{"0":20,"1":7}}}
     * </pre>
     */
    EVENTS("text/event-stream") {
        @Override
        ByteString opening() {
            return ByteString.fromString("retry: " + RETRY_MS + "\n");
        }

        @Override
        void record(ByteArrayOutputStream out, Positions after, byte[] json) {
            text(out, "id: " + after + "\ndata: ");
            out.writeBytes(json);
            text(out, "\n\n");
        }

        @Override
        ByteString event(String name, Positions after, Map<String, Object> data) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(EXPECTED_BYTES);
            text(out, "event: " + name + "\nid: " + after + "\ndata: ");
            out.writeBytes(Json.bytes(data));
            text(out, "\n\n");
            return ByteString.fromArrayUnsafe(out.toByteArray());
        }

        @Override
        Optional<ByteString> heartbeat() {
            return Optional.of(COMMENT);
        }
    },

    /**
     * A JSON object a line. Records are as above; anything else names itself in {@code event}:
     *
     * <pre>
     *   {"topic":"orders","partition":0,"offset":12,"timestamp":1795242000000,"key":"k","value":"v"}
     *   {"event":"progress","positions":{"orders":{"0":20,"1":7}}}
     * </pre>
     */
    LINES("application/x-ndjson") {
        @Override
        ByteString opening() {
            return ByteString.emptyByteString();
        }

        @Override
        void record(ByteArrayOutputStream out, Positions after, byte[] json) {
            out.writeBytes(json);
            out.write('\n');
        }

        @Override
        ByteString event(String name, Positions after, Map<String, Object> data) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", name);
            line.putAll(data);
            return ByteString.fromArrayUnsafe(Json.bytes(line)).concat(NEW_LINE);
        }

        @Override
        Optional<ByteString> heartbeat() {
            return Optional.empty();
        }
    };

    /** A client that has lost its connection comes back after so long. */
    private static final int RETRY_MS = 500;

    private static final int EXPECTED_BYTES = 256;
    private static final ByteString COMMENT = ByteString.fromString(":\n\n");
    private static final ByteString NEW_LINE = ByteString.fromString("\n");

    private final String mediaType;

    StreamFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    ContentType contentType() {
        return ContentTypes.parse(mediaType);
    }

    abstract ByteString opening();

    /** @param after where the stream is behind it */
    abstract void record(ByteArrayOutputStream out, Positions after, byte[] json);

    /** @param after where the stream is behind it */
    abstract ByteString event(String name, Positions after, Map<String, Object> data);

    /** Something that says nothing; empty if there is no such thing. */
    abstract Optional<ByteString> heartbeat();

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
