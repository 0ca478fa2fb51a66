/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.http.record.Encoding;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads one frame of a client. The fields of a map may come in any order, {@code type} too, so that each is read as what its name says, and at the
 * end the type says whether they belong together. One a frame.
 */
final class ClientFrameReader {
    static final int MAX_ID_LENGTH = 64;
    private static final int MAX_GROUP_LENGTH = 1000;

    /** What a frame may hold besides {@code type} and {@code id}. */
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "subscribe",
            Set.of("topics", "from", "filter", "fields", "policy", "key", "value", "isolation", "credit"),
            "credit",
            Set.of("records", "bytes"),
            "commit",
            Set.of("positions"),
            "seek",
            Set.of("positions"),
            "pause",
            Set.of(),
            "resume",
            Set.of(),
            "unsubscribe",
            Set.of());

    static final Map<String, Encoding> ENCODINGS =
            Map.of("utf8", Encoding.UTF8, "base64", Encoding.BASE64, "json", Encoding.JSON);
    private static final Map<String, SlowReaderPolicy> POLICIES =
            Map.of("pause", SlowReaderPolicy.PAUSE, "drop", SlowReaderPolicy.DROP, "close", SlowReaderPolicy.CLOSE);
    private static final Map<String, Isolation> ISOLATIONS =
            Map.of("read_committed", Isolation.READ_COMMITTED, "read_uncommitted", Isolation.READ_UNCOMMITTED);
    private static final Map<String, StartPosition> ENDS =
            Map.of("earliest", StartPosition.earliest(), "latest", StartPosition.latest());
    /** Whether the server does. */
    private static final Map<String, Boolean> COMMITS = Map.of("client", false, "auto", true);

    private static final Map<String, String> RECORD_FIELDS =
            Map.of("key", "key", "value", "value", "headers", "headers", "timestamp", "timestamp");

    private final JsonParser in;
    private final FrameTokens tokens;
    private final Set<String> seen = new LinkedHashSet<>();

    private String type;
    private String id;
    private List<TopicSelection> topics;
    private From from = new From.At(StartPosition.latest());
    private String filter;
    private Set<String> fields;
    private SlowReaderPolicy policy = SlowReaderPolicy.PAUSE;
    private Encoding key = Encoding.UTF8;
    private Encoding value = Encoding.UTF8;
    private Isolation isolation = Isolation.READ_COMMITTED;
    private ClientFrame.Grant credit = ClientFrame.Grant.NONE;
    private long records;
    private Long bytes;
    private Positions positions;

    ClientFrameReader(JsonParser in) {
        this.in = in;
        this.tokens = new FrameTokens(in);
    }

    ClientFrame read() throws IOException, FrameException {
        try {
            JsonToken first = in.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw tokens.wrong("", "a frame is an object, not " + tokens.describe());
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                if (!seen.add(name)) {
                    throw tokens.wrong(name, "given twice");
                }
                in.nextToken();
                field(name);
            }
            if (in.nextToken() != null) {
                throw tokens.wrong("", "something follows the end of the frame");
            }
            return frame();
        } catch (FrameTokens.Wrong e) {
            throw new FrameException(id, e.getMessage());
        }
    }

    private void field(String name) throws IOException, FrameTokens.Wrong {
        switch (name) {
            case "type" -> type = tokens.string(name, 1, 32);
            case "id" -> id = tokens.string(name, 1, MAX_ID_LENGTH);
            case "topics" -> topics = TopicsReader.read(in, tokens);
            case "from" -> from = from();
            case "filter" -> filter = tokens.string(name, 1, Integer.MAX_VALUE);
            case "fields" -> fields = recordFields();
            case "policy" -> policy = tokens.choice(name, POLICIES);
            case "key" -> key = tokens.choice(name, ENCODINGS);
            case "value" -> value = tokens.choice(name, ENCODINGS);
            case "isolation" -> isolation = tokens.choice(name, ISOLATIONS);
            case "credit" -> credit = credit();
            case "records" -> records = tokens.number(name, FrameTokens.MAX_NUMBER);
            case "bytes" -> bytes = tokens.number(name, FrameTokens.MAX_NUMBER);
            case "positions" -> positions = TopicsReader.positions(in, tokens, name);
            default -> throw tokens.wrong(name, "unknown field");
        }
    }

    private From from() throws IOException, FrameTokens.Wrong {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return new From.At(tokens.choice("from", ENDS));
        }
        tokens.expectObject("from", "'earliest', 'latest' or an object");
        From read = null;
        Positions offsets = null;
        StartPosition otherwise = null;
        String group = null;
        Boolean commit = null;
        String only = null;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            String path = "from." + name;
            in.nextToken();
            switch (name) {
                case "timestamp" ->
                    read = new From.At(new StartPosition.Timestamp(tokens.number(path, FrameTokens.MAX_NUMBER)));
                case "group" -> group = tokens.string(path, 1, MAX_GROUP_LENGTH);
                case "commit" -> {
                    if (commit != null) {
                        throw tokens.wrong(path, "given twice");
                    }
                    commit = tokens.choice(path, COMMITS);
                }
                case "offsets" -> offsets = TopicsReader.positions(in, tokens, path);
                case "otherwise" -> {
                    if (otherwise != null) {
                        throw tokens.wrong(path, "given twice");
                    }
                    otherwise = tokens.choice(path, ENDS);
                }
                default -> throw tokens.wrong(path, "unknown field");
            }
            if (!name.equals("otherwise") && !name.equals("commit")) {
                if (only != null) {
                    throw tokens.wrong(
                            "from", "expected one of timestamp, offsets and group, got " + only + " and " + name);
                }
                only = name;
            }
        }
        if (only == null) {
            throw tokens.wrong("from", "expected one of timestamp, offsets and group, got none");
        }
        if (otherwise != null && offsets == null && group == null) {
            throw tokens.wrong("from.otherwise", "only goes with offsets and group");
        }
        if (commit != null && group == null) {
            throw tokens.wrong("from.commit", "only goes with group");
        }
        if (group != null) {
            return new From.Group(
                    group, otherwise == null ? StartPosition.earliest() : otherwise, Boolean.TRUE.equals(commit));
        }
        return offsets == null
                ? read
                : new From.At(
                        new StartPosition.Offsets(offsets, otherwise == null ? StartPosition.earliest() : otherwise));
    }

    private Set<String> recordFields() throws IOException, FrameTokens.Wrong {
        tokens.expectArray("fields");
        Set<String> read = new HashSet<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String path = "fields[" + read.size() + "]";
            String field = tokens.choice(path, RECORD_FIELDS);
            if (!read.add(field)) {
                throw tokens.wrong(path, "'" + field + "' is given twice");
            }
        }
        return read;
    }

    private ClientFrame.Grant credit() throws IOException, FrameTokens.Wrong {
        tokens.expectObject("credit", "an object");
        long grantedRecords = 0;
        Long grantedBytes = null;
        Set<String> names = new HashSet<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            String path = "credit." + name;
            if (!names.add(name)) {
                throw tokens.wrong(path, "given twice");
            }
            in.nextToken();
            switch (name) {
                case "records" -> grantedRecords = tokens.number(path, FrameTokens.MAX_NUMBER);
                case "bytes" -> grantedBytes = tokens.number(path, FrameTokens.MAX_NUMBER);
                default -> throw tokens.wrong(path, "unknown field");
            }
        }
        return new ClientFrame.Grant(grantedRecords, grantedBytes);
    }

    private ClientFrame frame() throws FrameTokens.Wrong {
        require("type");
        Set<String> own = FIELDS.get(type);
        if (own == null) {
            throw tokens.wrong(
                    "type",
                    "expected one of " + String.join(", ", new TreeSet<>(FIELDS.keySet())) + ", got '"
                            + FrameTokens.line(type) + "'");
        }
        require("id");
        for (String name : seen) {
            if (!name.equals("type") && !name.equals("id") && !own.contains(name)) {
                throw tokens.wrong(name, "not a field of " + type);
            }
        }
        return switch (type) {
            case "subscribe" -> subscribe();
            case "credit" -> {
                if (!seen.contains("records") && !seen.contains("bytes")) {
                    throw tokens.wrong("", "credit grants records, bytes or both");
                }
                yield new ClientFrame.Credit(id, new ClientFrame.Grant(records, bytes));
            }
            case "commit" -> {
                require("positions");
                yield new ClientFrame.Commit(id, positions);
            }
            case "seek" -> {
                require("positions");
                yield new ClientFrame.Seek(id, positions);
            }
            case "pause" -> new ClientFrame.Pause(id);
            case "resume" -> new ClientFrame.Resume(id);
            default -> new ClientFrame.Unsubscribe(id);
        };
    }

    private ClientFrame subscribe() throws FrameTokens.Wrong {
        require("topics");
        boolean all = fields == null;
        Projection projection = new Projection(
                all || fields.contains("key"),
                all || fields.contains("value"),
                all || fields.contains("headers"),
                all || fields.contains("timestamp"),
                key,
                value);
        return new ClientFrame.Subscribe(id, topics, from, filter, projection, policy, isolation, credit);
    }

    private void require(String name) throws FrameTokens.Wrong {
        if (!seen.contains(name)) {
            throw tokens.wrong(name, "missing");
        }
    }
}
