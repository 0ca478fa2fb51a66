/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import io.sluice.http.record.Acks;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.record.NewRecord;
import java.util.List;

/**
 * What a client may say on a socket for producing: write these.
 *
 * @param id the client's name for the frame, which its answer carries
 * @param producer null if the records have no numbers
 * @param sizeBytes of the message
 */
public record ProduceFrame(
        String id, String topic, Acks acks, NamedProducer producer, List<NewRecord> records, int sizeBytes) {}
