/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A subscription over a WebSocket of its own. It gives back credit in halves of its window, as {@code sluice.js} and SluiceClient do. */
final class SluiceSubscriber extends Subscriber {
    private static final String ID = "s";
    /** Enough that it never comes to an end. */
    private static final long ENDLESS = 1L << 50;

    /** @param records the window; 0 for credit without end */
    record Window(int records, int bytes) {
        static final Window JS = new Window(1_000, 1 << 20);
        static final Window JAVA = new Window(20_000, 4 << 20);
        static final Window NONE = new Window(0, 0);
    }

    private final Format format;
    private final int size;
    private final byte[] mark;
    private final int half;
    private final byte[] giveBack;
    private int taken;
    private int apart;

    private SluiceSubscriber(Tally tally, Format format, int size, Window window) {
        super(tally);
        this.format = format;
        this.size = size;
        mark = format.beforeValue(size);
        half = Math.min(window.records(), window.bytes() / size) / 2;
        giveBack = format.message(ordered("type", "credit", "id", ID, "records", half, "bytes", half * size));
    }

    /** Connects and asks for the records; {@link Tally#ready} counts it when the server has said yes. */
    static WebSocket subscribe(
            InetSocketAddress to, String topic, String from, Format format, int size, Window window, Tally tally)
            throws IOException {
        WebSocket socket = WebSocket.connect(
                to, "/v1/subscribe", format.protocol, new SluiceSubscriber(tally, format, size, window));
        Map<String, Object> credit = window.records() == 0
                ? ordered("records", ENDLESS)
                : ordered("records", window.records(), "bytes", window.bytes());
        socket.send(format.message(
                ordered("type", "subscribe", "id", ID, "topics", List.of(topic), "from", from, "credit", credit)));
        return socket;
    }

    static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    @Override
    public void message(WebSocket socket, byte[] bytes, int from, int to) {
        switch (bytes[from + format.kindAt]) {
            case 'r' -> records(socket, bytes, from, to);
            case 's' -> tally().ready.increment();
            case 'p' -> {} // progress
            default -> tally().failed(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }
    }

    private void records(WebSocket socket, byte[] bytes, int from, int to) {
        long now = System.nanoTime();
        int found = 0;
        int last = to - mark.length - size;
        int end = from; // of the record before
        for (int at = markAfter(bytes, end, last); at >= 0; at = markAfter(bytes, end, last)) {
            apart = at - end;
            record(bytes, at + mark.length, now);
            found++;
            end = at + mark.length + size;
        }
        tally().delivered.add(found);
        tally().frames.increment();
        if (half > 0) {
            taken += found;
            for (; taken >= half; taken -= half) {
                socket.send(giveBack);
            }
        }
    }

    /** Most records are as far from each other as those before them. */
    private int markAfter(byte[] bytes, int from, int last) {
        int usual = from + apart;
        if (usual <= last && isMark(bytes, usual)) {
            return usual;
        }
        for (int at = from; at <= last; at++) {
            if (isMark(bytes, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isMark(byte[] bytes, int at) {
        for (int i = 0; i < mark.length; i++) {
            if (bytes[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
