/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.http.record.Acks;
import io.sluice.http.record.Encoding;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.record.NewRecord;
import io.sluice.http.route.ProblemException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one {@code produce} frame. What its records mean depends on fields that may come behind them, so that they are skipped first and read in a second pass.
 * One a frame.
 */
final class ProduceFrameReader {
    private static final String TYPE = "produce";
    private static final int MAX_NAME_LENGTH = 200;

    private static final Map<String, Acks> ACKS = Map.of("all", Acks.ALL, "1", Acks.LEADER, "0", Acks.NONE);

    private final JsonFactory factory;
    private final FrameFormat format;
    private final byte[] message;
    private final Set<String> seen = new HashSet<>();

    private String type;
    private String id;
    private String topic;
    private Acks acks = Acks.ALL;
    private String producer;
    private long sequence;
    private Encoding key = Encoding.UTF8;
    private Encoding value = Encoding.UTF8;

    ProduceFrameReader(JsonFactory factory, FrameFormat format, byte[] message) {
        this.factory = factory;
        this.format = format;
        this.message = message;
    }

    ProduceFrame read(JsonParser in) throws IOException, FrameException {
        FrameTokens tokens = new FrameTokens(in);
        try {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw tokens.wrong("", "a frame is an object, not " + tokens.describe());
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                if (!seen.add(name)) {
                    throw tokens.wrong(name, "given twice");
                }
                in.nextToken();
                field(name, in, tokens);
            }
            if (in.nextToken() != null) {
                throw tokens.wrong("", "something follows the end of the frame");
            }
            return frame(tokens);
        } catch (FrameTokens.Wrong | ProblemException e) {
            throw new FrameException(id, e.getMessage());
        }
    }

    private void field(String name, JsonParser in, FrameTokens tokens) throws IOException, FrameTokens.Wrong {
        switch (name) {
            case "type" -> type = tokens.string(name, 1, 32);
            case "id" -> id = tokens.string(name, 1, ClientFrameReader.MAX_ID_LENGTH);
            case "topic" -> topic = TopicsReader.topic(name, tokens.string(name, 1, Integer.MAX_VALUE), tokens);
            case "acks" -> acks = tokens.choice(name, ACKS);
            case "producer" -> producer = tokens.string(name, 1, MAX_NAME_LENGTH);
            case "sequence" -> sequence = tokens.number(name, FrameTokens.MAX_NUMBER);
            case "key" -> key = tokens.choice(name, ClientFrameReader.ENCODINGS);
            case "value" -> value = tokens.choice(name, ClientFrameReader.ENCODINGS);
            case "records" -> {
                tokens.expectArray(name);
                in.skipChildren();
            }
            default -> throw tokens.wrong(name, "unknown field");
        }
    }

    private ProduceFrame frame(FrameTokens tokens) throws IOException, FrameTokens.Wrong {
        require("type", tokens);
        if (!type.equals(TYPE)) {
            throw tokens.wrong("type", "expected " + TYPE + ", got '" + FrameTokens.line(type) + "'");
        }
        require("id", tokens);
        require("topic", tokens);
        require("records", tokens);
        if (seen.contains("producer") != seen.contains("sequence")) {
            throw tokens.wrong("", "producer and sequence go together");
        }
        if (producer != null && acks != Acks.ALL) {
            throw tokens.wrong("acks", "records of a named producer need all");
        }
        return new ProduceFrame(
                id,
                topic,
                acks,
                producer == null ? null : new NamedProducer(producer, sequence),
                records(),
                message.length);
    }

    private List<NewRecord> records() throws IOException, FrameTokens.Wrong {
        try (JsonParser in = factory.createParser(message)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = in.currentName().equals("records");
                in.nextToken();
                if (found) {
                    return new NewRecordsReader(in, format, message, key, value).read();
                }
                in.skipChildren();
            }
        }
        throw new IllegalStateException("there were records before");
    }

    private void require(String name, FrameTokens tokens) throws FrameTokens.Wrong {
        if (!seen.contains(name)) {
            throw tokens.wrong(name, "missing");
        }
    }
}
