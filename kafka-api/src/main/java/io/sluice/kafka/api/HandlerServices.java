/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cluster.Node;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What handlers are built with.
 *
 * @param node metadata, leaders, controller, groups
 * @param advertised how this broker names addresses to clients
 * @param blocking for work that reads files: a small pool with a bounded queue; it throws {@link java.util.concurrent.RejectedExecutionException}
 *     when the queue is full
 * @param clock the time
 * @param meters metrics
 */
public record HandlerServices(
        Node node, AdvertisedAddress advertised, Executor blocking, InstantSource clock, MeterRegistry meters) {}
