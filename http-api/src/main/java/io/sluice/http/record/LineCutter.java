/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.japi.function.Function;
import akka.util.ByteString;
import java.util.List;

/** Cuts bytes as they come into pieces of whole lines. One a stream. */
final class LineCutter implements Function<ByteString, Iterable<ByteString>> {
    private static final long serialVersionUID = 1L;

    private final int lineBytesMax;
    private final transient Runnable tooLong;
    private transient ByteString begun = ByteString.emptyByteString();
    private boolean over;

    /**
     * @param lineBytesMax longest line that is kept
     * @param tooLong called once for one that is longer; nothing comes after it
     */
    LineCutter(int lineBytesMax, Runnable tooLong) {
        this.lineBytesMax = lineBytesMax;
        this.tooLong = tooLong;
    }

    @Override
    public Iterable<ByteString> apply(ByteString bytes) {
        int end = over ? 0 : afterLastLine(bytes);
        ByteString lines = end == 0 ? ByteString.emptyByteString() : begun.concat(bytes.take(end));
        if (!over) {
            begun = end == 0 ? begun.concat(bytes) : bytes.drop(end);
        }
        if (begun.size() > lineBytesMax) {
            over = true;
            begun = ByteString.emptyByteString();
            tooLong.run();
        }
        return lines.isEmpty() ? List.of() : List.of(lines);
    }

    private static int afterLastLine(ByteString bytes) {
        for (int i = bytes.size() - 1; i >= 0; i--) {
            if (bytes.apply(i) == '\n') {
                return i + 1;
            }
        }
        return 0;
    }
}
