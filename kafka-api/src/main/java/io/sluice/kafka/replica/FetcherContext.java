/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.ReplicaFetches;
import java.util.concurrent.Executor;

/**
 * What the connections to all brokers share.
 *
 * @param throttle for replicas that are far behind
 * @param resolver looks names up; may block
 */
record FetcherContext(
        ReplicaFetches.Peers peers,
        ReplicaFetches.Sink sink,
        ReplicaFetchLimits limits,
        FollowerMetrics metrics,
        CatchUpThrottle throttle,
        Executor resolver) {}
