/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.sluice.actors.subscription.DecodedBatch;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Frames in one format: the client's are read strictly (what is missing, unknown or of the wrong type is named, with where it stands), the server's are
 * written. By streams of tokens both ways, never by reflection. Thread-safe.
 */
public final class FrameCodec {
    public static final FrameCodec JSON = new FrameCodec(FrameFormat.JSON);
    public static final FrameCodec CBOR = new FrameCodec(FrameFormat.CBOR);

    /** Deeper than any frame. */
    private static final int MAX_DEPTH = 16;

    /** Deeper ones are sent as bytes. */
    static final int MAX_VALUE_DEPTH = 500;

    /** Reads records' values: JSON in UTF-8 and nothing else. */
    static final JsonFactory VALUES = jsonFactory(MAX_VALUE_DEPTH);

    private final FrameFormat format;
    private final JsonFactory factory;

    /** Reads frames that hold values of any depth. */
    private final JsonFactory deepFactory;

    private final FrameWriter writer;

    private FrameCodec(FrameFormat format) {
        this.format = format;
        this.factory = format == FrameFormat.JSON ? jsonFactory(MAX_DEPTH) : cborFactory(MAX_DEPTH);
        this.deepFactory = format == FrameFormat.JSON
                ? jsonFactory(MAX_DEPTH + MAX_VALUE_DEPTH)
                : cborFactory(MAX_DEPTH + MAX_VALUE_DEPTH);
        this.writer = new FrameWriter(format, factory);
    }

    /** The codec of a format. */
    public static FrameCodec of(FrameFormat format) {
        return format == FrameFormat.JSON ? JSON : CBOR;
    }

    private static JsonFactory jsonFactory(int depth) {
        return JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(depth).build())
                // the length of a head is known without what follows it
                .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                // RFC 8259: JSON between systems is UTF-8
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
    }

    private static JsonFactory cborFactory(int depth) {
        return CBORFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(depth).build())
                .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                .build();
    }

    public FrameFormat format() {
        return format;
    }

    /**
     * @param frame a whole message
     * @throws FrameException if it is none of the protocol's
     */
    public ClientFrame read(byte[] frame) throws FrameException {
        return read(factory, frame, in -> new ClientFrameReader(in).read());
    }

    /**
     * The same of a socket for producing.
     *
     * @param frame a whole message, which must not change any more
     */
    public ProduceFrame readProduce(byte[] frame) throws FrameException {
        return read(deepFactory, frame, in -> new ProduceFrameReader(deepFactory, format, frame).read(in));
    }

    private interface Reading<F> {
        F read(JsonParser in) throws IOException, FrameException;
    }

    private <F> F read(JsonFactory parsers, byte[] frame, Reading<F> reading) throws FrameException {
        try (JsonParser in = parsers.createParser(frame)) {
            try {
                return reading.read(in);
            } catch (JsonProcessingException e) {
                long at = in.currentLocation().getByteOffset();
                throw new FrameException(null, "not valid " + format + " at byte " + Math.max(0, at));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can always be read", e);
        }
    }

    /** The message that says it. */
    public ByteString write(ServerFrame frame) {
        try {
            return writer.write(frame);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can always be written", e);
        }
    }

    /**
     * The message for all records of a batch, with the head that it has on the wire: it is made once for all subscribers that have the same.
     *
     * @param frame of all records of the batch, and up to its end
     */
    public ByteString onWire(ServerFrame.Records frame, DecodedBatch batch) {
        try {
            return writer.onWire(frame, batch);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can always be written", e);
        }
    }
}
