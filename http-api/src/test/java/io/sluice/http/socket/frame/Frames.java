/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.http.record.Encoding;
import io.sluice.http.route.Words;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Frames at random, and the other side of the codec, written another way: by trees. */
public final class Frames {
    public static final ObjectMapper JSON = new ObjectMapper();
    public static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    private static final String[] TOPICS = {"orders", "returns", "a.b_c-D", "x"};

    private Frames() {}

    public static ObjectMapper mapper(FrameFormat format) {
        return format == FrameFormat.JSON ? JSON : CBOR;
    }

    public static JsonNode tree(FrameFormat format, akka.util.ByteString frame) {
        try {
            byte[] bytes = new byte[frame.length()];
            frame.asByteBuffer().get(bytes);
            return mapper(format).readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(frame.utf8String(), e);
        }
    }

    public static byte[] bytes(FrameFormat format, JsonNode frame) {
        try {
            return mapper(format).writeValueAsBytes(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static <T> T any(T[] all, Random random) {
        return all[random.nextInt(all.length)];
    }

    public static boolean isJson(byte[] bytes) {
        try {
            return !JSON.reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(bytes)
                    .isMissingNode();
        } catch (IOException e) {
            return false;
        }
    }

    public static ByteBuffer utf8(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Record record(long offset, String key, String value) {
        return new Record(offset, 1_000 + offset, utf8(key), utf8(value), List.of());
    }

    // --- the client's

    public static ClientFrame randomClientFrame(Random random) {
        String id = "s" + random.nextInt(4);
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> randomSubscribe(random, id);
            case 3 -> new ClientFrame.Credit(id, randomGrant(random, false));
            case 4 -> new ClientFrame.Commit(id, randomPositions(random));
            case 5 -> new ClientFrame.Seek(id, randomPositions(random));
            case 6 -> new ClientFrame.Pause(id);
            case 7 -> new ClientFrame.Resume(id);
            default -> new ClientFrame.Unsubscribe(id);
        };
    }

    private static ClientFrame.Subscribe randomSubscribe(Random random, String id) {
        List<TopicSelection> topics = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            Set<Integer> partitions = new HashSet<>();
            for (int p = 0; p < random.nextInt(3); p++) {
                partitions.add(random.nextInt(100));
            }
            topics.add(new TopicSelection(TOPICS[i], partitions));
        }
        Encoding[] encodings = Encoding.values();
        return new ClientFrame.Subscribe(
                id,
                topics,
                randomFrom(random),
                random.nextBoolean() ? null : "$.a == \"ü\\n\"",
                new Projection(
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        encodings[random.nextInt(3)],
                        encodings[random.nextInt(3)]),
                any(SlowReaderPolicy.values(), random),
                any(Isolation.values(), random),
                randomGrant(random, true));
    }

    private static From randomFrom(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new From.At(StartPosition.earliest());
            case 1 -> new From.At(StartPosition.latest());
            case 2 -> new From.At(new StartPosition.Timestamp(random.nextLong() >>> 11));
            case 3 ->
                new From.At(new StartPosition.Offsets(
                        randomPositions(random),
                        random.nextBoolean() ? StartPosition.earliest() : StartPosition.latest()));
            default ->
                new From.Group(
                        "group " + random.nextInt(9),
                        random.nextBoolean() ? StartPosition.earliest() : StartPosition.latest(),
                        random.nextBoolean());
        };
    }

    private static ClientFrame.Grant randomGrant(Random random, boolean maybeNothing) {
        return random.nextBoolean()
                ? new ClientFrame.Grant(random.nextLong() >>> (11 + random.nextInt(53)), random.nextLong() >>> 11)
                : new ClientFrame.Grant(maybeNothing ? 0 : random.nextInt(50), null);
    }

    public static Positions randomPositions(Random random) {
        Map<PartitionName, Long> offsets = new LinkedHashMap<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            offsets.put(
                    new PartitionName(TOPICS[random.nextInt(TOPICS.length)], random.nextInt(20)),
                    random.nextLong() >>> (11 + random.nextInt(53)));
        }
        return Positions.of(offsets);
    }

    /** A client's frame as a tree. */
    public static ObjectNode tree(ClientFrame frame) {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("id", frame.id());
        if (frame instanceof ClientFrame.Subscribe subscribe) {
            tree(tree, subscribe);
        } else if (frame instanceof ClientFrame.Credit credit) {
            grant(tree, credit.grant());
        } else if (frame instanceof ClientFrame.Commit commit) {
            tree.set("positions", tree(commit.positions()));
        } else if (frame instanceof ClientFrame.Seek seek) {
            tree.set("positions", tree(seek.positions()));
        }
        tree.put("type", frame.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        return tree;
    }

    private static void tree(ObjectNode tree, ClientFrame.Subscribe frame) {
        ArrayNode topics = tree.putArray("topics");
        for (TopicSelection topic : frame.topics()) {
            if (topic.partitions().isEmpty()) {
                topics.add(topic.topic());
            } else {
                ArrayNode partitions =
                        topics.addObject().put("topic", topic.topic()).putArray("partitions");
                topic.partitions().forEach(partitions::add);
            }
        }
        from(tree, frame.from());
        if (frame.filter() != null) {
            tree.put("filter", frame.filter());
        }
        Projection projection = frame.projection();
        ArrayNode fields = tree.putArray("fields");
        Map.of(
                        "key",
                        projection.key(),
                        "value",
                        projection.value(),
                        "headers",
                        projection.headers(),
                        "timestamp",
                        projection.timestamp())
                .forEach((name, wanted) -> {
                    if (wanted) {
                        fields.add(name);
                    }
                });
        tree.put("policy", frame.policy().name().toLowerCase(Locale.ROOT));
        tree.put("isolation", frame.isolation().name().toLowerCase(Locale.ROOT));
        tree.put("key", Words.of(projection.keyEncoding()));
        tree.put("value", Words.of(projection.valueEncoding()));
        grant(tree.putObject("credit"), frame.credit());
    }

    private static void from(ObjectNode tree, From from) {
        if (from instanceof From.Group group) {
            tree.putObject("from")
                    .put("group", group.group())
                    .put("otherwise", group.otherwise() == StartPosition.earliest() ? "earliest" : "latest")
                    .put("commit", group.autoCommit() ? "auto" : "client");
            return;
        }
        StartPosition position = ((From.At) from).position();
        if (position instanceof StartPosition.Timestamp timestamp) {
            tree.putObject("from").put("timestamp", timestamp.timestampMs());
        } else if (position instanceof StartPosition.Offsets offsets) {
            ObjectNode object = tree.putObject("from");
            object.set("offsets", tree(offsets.positions()));
            object.put("otherwise", offsets.otherwise() == StartPosition.earliest() ? "earliest" : "latest");
        } else {
            tree.put("from", position == StartPosition.earliest() ? "earliest" : "latest");
        }
    }

    private static void grant(ObjectNode tree, ClientFrame.Grant grant) {
        tree.put("records", grant.records());
        if (grant.bytes() != null) {
            tree.put("bytes", grant.bytes().longValue());
        }
    }

    public static ObjectNode tree(Positions positions) {
        ObjectNode tree = JSON.createObjectNode();
        positions.offsets().forEach((partition, offset) -> ((ObjectNode)
                        (tree.has(partition.topic()) ? tree.get(partition.topic()) : tree.putObject(partition.topic())))
                .put(Integer.toString(partition.partition()), offset));
        return tree;
    }

    // --- the server's

    public static Record randomRecord(Random random, long offset) {
        List<Record.Header> headers = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            headers.add(
                    new Record.Header("h" + random.nextInt(2), random.nextInt(4) == 0 ? null : randomBytes(random)));
        }
        return new Record(
                offset,
                random.nextInt(1_000_000),
                random.nextInt(3) == 0 ? null : randomBytes(random),
                random.nextInt(5) == 0 ? null : randomBytes(random),
                headers);
    }

    /** Text, JSON or anything, in the middle of an array or off the heap. */
    private static ByteBuffer randomBytes(Random random) {
        byte[] bytes =
                switch (random.nextInt(4)) {
                    case 0 -> "{\"a\": [1, 2.50, \"x\\u00fc\"], \"b\": null}".getBytes(StandardCharsets.UTF_8);
                    case 1 -> ("\"quotes\" \\ \n € 🙂 " + random.nextInt()).getBytes(StandardCharsets.UTF_8);
                    case 2 -> "12.5".getBytes(StandardCharsets.UTF_8);
                    default -> {
                        byte[] any = new byte[random.nextInt(40)];
                        random.nextBytes(any);
                        yield any;
                    }
                };
        ByteBuffer buffer = random.nextBoolean()
                ? ByteBuffer.allocate(bytes.length + 7)
                : ByteBuffer.allocateDirect(bytes.length + 7);
        return buffer.position(3).put(bytes).flip().position(3).slice();
    }
}
