/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A record: one that was read, or one that is to be produced. What was read holds its bytes for itself, so that keeping one record keeps nothing else.
 * Arrays are not copied on their way in or out: who changes one changes the record.
 */
public final class Record {
    /** The partition of a record that goes where its key belongs. */
    public static final int ANY_PARTITION = -1;

    /** The offset of a record that has none yet. */
    public static final long NO_OFFSET = -1;

    /** The timestamp of a record that gets one from the node, or that was read without. */
    public static final long NO_TIMESTAMP = -1;

    private final String topic;
    private final int partition;
    private final long offset;
    private final long timestampMs;
    private final byte[] key;
    private final byte[] value;
    private final List<Header> headers;

    /**
     * A record with all that it may have.
     *
     * @param partition {@link #ANY_PARTITION} if the key decides
     * @param offset {@link #NO_OFFSET} if it is to be produced
     * @param timestampMs milliseconds since the epoch, or {@link #NO_TIMESTAMP}
     * @param key may be null
     * @param value null is a tombstone
     */
    public Record(
            String topic,
            int partition,
            long offset,
            long timestampMs,
            byte[] key,
            byte[] value,
            List<Header> headers) {
        this.topic = Objects.requireNonNull(topic, "topic");
        this.partition = partition;
        this.offset = offset;
        this.timestampMs = timestampMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /** To be produced: the key decides about the partition, the node about the time. */
    public static Record of(String topic, byte[] key, byte[] value) {
        return new Record(topic, ANY_PARTITION, NO_OFFSET, NO_TIMESTAMP, key, value, List.of());
    }

    /** The same with text, as UTF-8; null stays null. */
    public static Record of(String topic, String key, String value) {
        return of(topic, bytes(key), bytes(value));
    }

    /** The same record with one more header. */
    public Record withHeader(String name, byte[] headerValue) {
        List<Header> more = new java.util.ArrayList<>(headers);
        more.add(new Header(name, headerValue));
        return new Record(topic, partition, offset, timestampMs, key, value, more);
    }

    /** The same record for a partition that the caller chose. */
    public Record withPartition(int chosen) {
        return new Record(topic, chosen, offset, timestampMs, key, value, headers);
    }

    /** The same record with a time of its own. */
    public Record withTimestampMs(long ms) {
        return new Record(topic, partition, offset, ms, key, value, headers);
    }

    /** The same record, to be produced into another topic: key decides, and it has no offset. */
    public Record to(String otherTopic) {
        return new Record(otherTopic, ANY_PARTITION, NO_OFFSET, timestampMs, key, value, headers);
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    /** Milliseconds since the epoch. */
    public long timestampMs() {
        return timestampMs;
    }

    /** Null if it has none. */
    public byte[] key() {
        return key;
    }

    /** Null is a tombstone. */
    public byte[] value() {
        return value;
    }

    public List<Header> headers() {
        return headers;
    }

    /** The key as UTF-8; null if there is none. */
    public String keyAsString() {
        return text(key);
    }

    /** The value as UTF-8; null if there is none. */
    public String valueAsString() {
        return text(value);
    }

    /** The value of the first header of this name; null if there is none, or it is null. */
    public byte[] header(String name) {
        for (Header header : headers) {
            if (header.name().equals(name)) {
                return header.value();
            }
        }
        return null;
    }

    /** The bytes of key, value and headers: what a record costs of the credit for bytes. */
    long sizeInBytes() {
        long bytes = (key == null ? 0 : key.length) + (value == null ? 0L : value.length);
        for (Header header : headers) {
            bytes += header.name().length() + (header.value() == null ? 0L : header.value().length);
        }
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Where it is, not what is in it: values don't belong into logs. */
    @Override
    public String toString() {
        return topic + (partition < 0 ? "" : "-" + partition) + (offset < 0 ? "" : "@" + offset);
    }
}
