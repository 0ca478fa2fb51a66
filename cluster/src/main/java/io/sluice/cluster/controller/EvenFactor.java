/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people what an even number of replicas costs: allowed, and seldom meant. */
final class EvenFactor {
    private static final Logger LOG = LoggerFactory.getLogger(EvenFactor.class);

    private EvenFactor() {}

    static void warn(String topic, int replicas) {
        if (replicas % 2 == 0) {
            LOG.warn(
                    "{}: with {} replicas, {} must hold a record before it is acknowledged, and it survives the loss of {}, no more than with {}",
                    topic,
                    replicas,
                    replicas / 2 + 1,
                    replicas / 2 - 1,
                    replicas - 1);
        }
    }
}
