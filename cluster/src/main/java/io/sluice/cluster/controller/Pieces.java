/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Cuts messages into pieces that fit a frame, and puts them together again; a message that misses a piece is dropped. One thread. */
final class Pieces {
    static final int PIECE_BYTES = 128 << 10;

    /** Largest message. */
    static final int MESSAGE_BYTES_MAX = 16 << 20;

    /** Messages that are being put together; the oldest makes room for a new one. */
    private static final int UNFINISHED_MAX = 32;

    private record Key(int from, long id) {}

    private static final class Unfinished {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int next;
    }

    private final Map<Key, Unfinished> unfinished = new LinkedHashMap<>();

    static int count(byte[] bytes) {
        return Math.max(1, (bytes.length + PIECE_BYTES - 1) / PIECE_BYTES);
    }

    static byte[] piece(byte[] bytes, int piece) {
        int from = piece * PIECE_BYTES;
        return from == 0 && bytes.length <= PIECE_BYTES
                ? bytes
                : Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE_BYTES));
    }

    /** The whole message, if this was the last piece of it. */
    Optional<byte[]> add(RelayMessage message) {
        if (message.pieces() == 1) {
            return Optional.of(message.bytes());
        }
        Key key = new Key(message.from(), message.id());
        if (message.piece() == 0) {
            unfinished.put(key, new Unfinished());
            makeRoom();
        }
        Unfinished whole = unfinished.get(key);
        if (whole == null
                || whole.next != message.piece()
                || whole.bytes.size() + message.bytes().length > MESSAGE_BYTES_MAX) {
            unfinished.remove(key);
            return Optional.empty();
        }
        whole.next++;
        whole.bytes.writeBytes(message.bytes());
        if (whole.next < message.pieces()) {
            return Optional.empty();
        }
        unfinished.remove(key);
        return Optional.of(whole.bytes.toByteArray());
    }

    private void makeRoom() {
        if (unfinished.size() > UNFINISHED_MAX) {
            unfinished.remove(unfinished.keySet().iterator().next());
        }
    }
}
