/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits bytes into lines at each {@code \n} and at nothing else, so that joining them again gives the same bytes. */
final class Lines {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final int maxLineBytes;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private boolean terminated = true;

    /** @param maxLineBytes a longer line is an error rather than an endless buffer */
    Lines(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /** The next line without its {@code \n}, or null at the end. */
    byte[] next() throws IOException {
        int scanned = from;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (buffer[i] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, from, i);
                    from = i + 1;
                    return line;
                }
            }
            scanned = to;
            if (to - from > maxLineBytes) {
                throw new IOException("a line is longer than " + maxLineBytes + " bytes");
            }
            int moved = makeRoom();
            scanned -= moved;
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                return last();
            }
            to += read;
        }
    }

    /** False after a last line that did not end in {@code \n}. */
    boolean terminated() {
        return terminated;
    }

    private byte[] last() {
        if (from == to) {
            return null;
        }
        terminated = false;
        byte[] line = Arrays.copyOfRange(buffer, from, to);
        from = to;
        return line;
    }

    /** Room behind {@code to}; answers by how much the bytes moved to the front. */
    private int makeRoom() {
        int moved = 0;
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            moved = from;
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.addExact(buffer.length, buffer.length));
        }
        return moved;
    }
}
