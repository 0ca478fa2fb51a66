/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What a broker counts that answers others.
 *
 * @param bytes of records in the responses
 * @param refused not meant for this broker
 */
record LinkMetrics(Counter responses, Counter bytes, Counter refused) {
    /**
     * @param prefix of the names
     * @param responses what the responses are
     */
    static LinkMetrics of(MeterRegistry meters, String prefix, String responses) {
        return new LinkMetrics(
                Counter.builder(prefix + ".responses").description(responses).register(meters),
                Counter.builder(prefix + ".bytes")
                        .baseUnit("bytes")
                        .description("bytes of records in them")
                        .register(meters),
                Counter.builder(prefix + ".refused")
                        .description("requests of another cluster's broker, or meant for another broker")
                        .register(meters));
    }
}
