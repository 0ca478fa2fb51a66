/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.List;

/** What a record costs of the credits for bytes: the bytes of its key, value and headers, as far as they are sent, before they are encoded. */
public final class RecordCost {
    private RecordCost() {}

    public static long of(Record record, Projection projection) {
        long bytes = 0;
        if (projection.key()) {
            bytes += size(record.key());
        }
        if (projection.value()) {
            bytes += size(record.value());
        }
        if (projection.headers()) {
            List<Record.Header> headers = record.headers();
            for (int i = 0; i < headers.size(); i++) {
                bytes += headers.get(i).key().length() + size(headers.get(i).value());
            }
        }
        return bytes;
    }

    /** Of all of them. */
    public static long of(List<Record> records, Projection projection) {
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            bytes += of(records.get(i), projection);
        }
        return bytes;
    }

    private static int size(ByteBuffer bytes) {
        return bytes == null ? 0 : bytes.remaining();
    }
}
