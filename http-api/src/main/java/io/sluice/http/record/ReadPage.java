/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.log.batch.Record;
import java.util.List;

/**
 * What a read has found.
 *
 * @param nextOffset where to go on; beyond the records where what follows them is for nobody (control records, offsets that compaction has removed)
 * @param startOffset of the log
 * @param endOffset the first offset that a reader may not have yet
 */
record ReadPage(List<Record> records, long nextOffset, long startOffset, long endOffset) {}
