/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;

/**
 * What a read asks for.
 *
 * @param offset the first that is wanted; {@value #EARLIEST} for the oldest that is there, {@value #LATEST} for what comes next, or if there is a timestamp
 * @param timestampMs the first record at or after it is wanted; {@value #NO_TIMESTAMP} if the offset says which
 * @param recordsMax most records in the answer
 * @param bytesMax most bytes of records in the answer, but for the first record, which always fits
 * @param waitMs how long to wait if there is nothing
 * @param bound how far a reader may look
 */
record ReadQuery(
        long offset,
        long timestampMs,
        int recordsMax,
        int bytesMax,
        long waitMs,
        Encoding key,
        Encoding value,
        Bound bound) {
    static final long EARLIEST = -2;
    static final long LATEST = -1;
    static final long NO_TIMESTAMP = -1;

    static final String[] PARAMETERS = {"offset", "limit", "max_bytes", "wait", "key", "value", "isolation"};

    private static final int LIMIT = 100;
    private static final String TIMESTAMP = "timestamp:";

    private enum Isolation {
        READ_COMMITTED,
        READ_UNCOMMITTED
    }

    static ReadQuery of(Exchange exchange, ReadLimits limits) {
        Isolation isolation = exchange.query("isolation", Isolation.READ_COMMITTED);
        String offset = exchange.query("offset").orElse("earliest");
        return new ReadQuery(
                offset(offset),
                timestamp(offset),
                (int) exchange.query("limit", Math.min(LIMIT, limits.recordsMax()), 1, limits.recordsMax()),
                (int) exchange.query("max_bytes", limits.bytesMax(), 1, limits.bytesMax()),
                exchange.query("wait", 0, 0, limits.waitMaxMs()),
                exchange.query("key", Encoding.UTF8),
                exchange.query("value", Encoding.UTF8),
                isolation == Isolation.READ_COMMITTED ? Bound.LAST_STABLE_OFFSET : Bound.HIGH_WATERMARK);
    }

    /** One record at a place. */
    static ReadQuery one(String offset, int bytesMax, Bound bound) {
        return new ReadQuery(
                offset(offset), timestamp(offset), 1, bytesMax, 0, Encoding.BASE64, Encoding.BASE64, bound);
    }

    private static long offset(String text) {
        if (text.equals("earliest")) {
            return EARLIEST;
        } else if (text.equals("latest") || text.matches(TIMESTAMP + "\\d{1,18}")) {
            return LATEST;
        } else if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw Problem.of(
                        ProblemKind.BAD_PARAMETER,
                        "The parameter offset is " + Problem.quoted(text)
                                + ", it must be a whole number from 0 on, earliest, latest, or timestamp: and milliseconds since 1970.")
                .asException();
    }

    private static long timestamp(String text) {
        return text.startsWith(TIMESTAMP) ? Long.parseLong(text.substring(TIMESTAMP.length())) : NO_TIMESTAMP;
    }

    /** The first offset that a reader may not have. */
    long end(LogView view) {
        return bound == Bound.LAST_STABLE_OFFSET ? view.lastStableOffset() : view.highWatermark();
    }

    /** The offset in a log; one that is named stays, wherever it is. */
    long resolved(LogView view) {
        return offset == EARLIEST ? view.logStartOffset() : offset == LATEST ? end(view) : offset;
    }

    ReadQuery at(long other) {
        return new ReadQuery(other, NO_TIMESTAMP, recordsMax, bytesMax, waitMs, key, value, bound);
    }
}
