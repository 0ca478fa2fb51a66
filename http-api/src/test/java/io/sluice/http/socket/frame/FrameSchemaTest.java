/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.sluice.http.record.Encoding;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The JSON Schemas, the codec and the examples of the document say the same. */
class FrameSchemaTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("<!-- frame: (client|server) -->\n```json\n(.*?)```", Pattern.DOTALL);
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final Map<String, JsonSchema> LOADED = new HashMap<>();

    /** The schema of a frame; null if there is none for its type. */
    private static JsonSchema schema(String side, JsonNode frame) {
        return LOADED.computeIfAbsent(side + "-" + frame.path("type").asText(), FrameSchemaTest::load);
    }

    private static JsonSchema load(String name) {
        try (InputStream in = FrameSchemaTest.class.getResourceAsStream("/io/sluice/http/schema/" + name + ".json")) {
            return in == null ? null : SCHEMAS.getSchema(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyExampleOfTheDocumentIsAFrameForTheSchemaAndForTheServer() throws Exception {
        // Given
        Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("../docs/websocket.md")));
        TreeSet<String> seen = new TreeSet<>();
        while (examples.find()) {
            String side = examples.group(1);
            JsonNode frame = Frames.JSON.readTree(examples.group(2));

            // When, Then
            assertThat(schema(side, frame).validate(frame))
                    .as(examples.group(2))
                    .isEmpty();
            byte[] message = examples.group(2).getBytes(StandardCharsets.UTF_8);
            if (frame.path("type").asText().equals("produce")) {
                FrameCodec.JSON.readProduce(message);
            } else if (side.equals("client")) {
                FrameCodec.JSON.read(message);
            }
            seen.add(side + " " + frame.get("type").asText());
        }
        assertThat(seen)
                .containsExactly(
                        "client commit",
                        "client credit",
                        "client pause",
                        "client produce",
                        "client resume",
                        "client seek",
                        "client subscribe",
                        "client unsubscribe",
                        "server bye",
                        "server committed",
                        "server error",
                        "server gap",
                        "server produced",
                        "server progress",
                        "server records",
                        "server subscribed");
    }

    @Test
    void everyFrameThatTheServerWritesIsOneOfTheSchema() {
        for (ServerFrame frame : SampleFrames.serverFrames()) {
            // When
            JsonNode tree = Frames.tree(FrameFormat.JSON, FrameCodec.JSON.write(frame));

            // Then
            assertThat(schema("server", tree).validate(tree))
                    .as(tree.toString())
                    .isEmpty();
        }
    }

    @Property(tries = 300)
    void recordsOfAllKindsAreThoseOfTheSchema(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        Encoding[] encodings = Encoding.values();
        Projection projection = new Projection(
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                encodings[random.nextInt(3)],
                encodings[random.nextInt(3)]);
        List<Record> records = List.of(Frames.randomRecord(random, 5), Frames.randomRecord(random, 6));

        // When
        JsonNode tree = Frames.tree(
                FrameFormat.JSON,
                FrameCodec.JSON.write(new ServerFrame.Records("a", "orders", 0, 7, 1, records, projection)));

        // Then
        assertThat(schema("server", tree).validate(tree))
                .as("seed %d: %s", seed, tree)
                .isEmpty();
    }

    @Property(tries = 2_000)
    void theServerTakesAFrameIfTheSchemaDoes(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        ObjectNode frame = Frames.tree(Frames.randomClientFrame(random));
        if (random.nextBoolean()) {
            spoil(frame, random);
        }
        JsonSchema schema = schema("client", frame);

        // When
        boolean valid = schema != null && schema.validate(frame).isEmpty();
        String refused = null;
        try {
            FrameCodec.JSON.read(Frames.bytes(FrameFormat.JSON, frame));
        } catch (FrameException e) {
            refused = e.getMessage();
        }

        // Then
        if (valid && refused != null) {
            // schemas can't say that
            assertThat(refused).as("seed %d: %s", seed, frame).endsWith("given twice");
        } else {
            assertThat(refused == null)
                    .as("seed %d: %s, %s", seed, frame, refused)
                    .isEqualTo(valid);
        }
    }

    private static final String[] NAMES = {
        "type",
        "id",
        "topics",
        "from",
        "filter",
        "fields",
        "policy",
        "key",
        "value",
        "isolation",
        "credit",
        "records",
        "bytes",
        "positions",
        "other"
    };
    private static final String[] VALUES = {
        "null",
        "true",
        "5",
        "-5",
        "1.5",
        "\"\"",
        "\"latest\"",
        "\"pause\"",
        "\"seek\"",
        "\"utf8\"",
        "[]",
        "{}",
        "[\"orders\"]",
        "[{\"topic\":\"orders\",\"partitions\":[]}]",
        "[\"a b\"]",
        "[{\"topic\":\"orders\"}]",
        "[\"key\",\"value\"]",
        "{\"timestamp\":5}",
        "{\"timestamp\":5,\"group\":\"g\"}",
        "{\"otherwise\":\"latest\"}",
        "{\"records\":5}",
        "{\"orders\":{\"0\":5}}",
        "{\"orders\":{\"00\":5}}",
        "{\"orders\":{\"0\":-5}}",
        "{\"orders\":[]}",
        "9007199254740992"
    };

    private static void spoil(ObjectNode frame, Random random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        if (random.nextInt(4) == 0) {
            frame.remove(name);
            return;
        }
        try {
            frame.set(name, Frames.JSON.readTree(VALUES[random.nextInt(VALUES.length)]));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
