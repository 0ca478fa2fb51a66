/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors;

/**
 * Every limit of a queue, a buffer or a count in the broker. What happens when one is reached is counted (see
 * {@code docs/metrics.md}) and answered with a clear error, never with an {@code OutOfMemoryError}. The configuration catalogue checks the
 * values; the keys are named here.
 *
 * @param socketRequestMaxBytes {@code socket.request.max.bytes}: the largest request; a larger one closes its connection
 * @param inflightMaxBytes {@code queued.max.request.bytes}, {@code sluice.inflight.max.bytes}: request bytes in flight in the whole broker; beyond it connections are not read
 * @param connectionInflightMaxBytes {@code sluice.connection.inflight.max.bytes}: the same of one connection
 * @param maxConnections {@code max.connections}
 * @param maxConnectionsPerAddress {@code max.connections.per.ip}
 * @param waitingFetches {@code sluice.waiting.fetches.max}: fetches that wait for data at one time; beyond it they are answered at once
 * @param partitionMailboxMaxBytes {@code sluice.partition.mailbox.max.bytes}: bytes that wait to be appended to one partition
 * @param mailboxMaxBytes the same of all partitions: request bytes can't be more than are in flight, so it has that key
 * @param partitionWaiters readers that wait at one partition; beyond it a reader is woken at once
 * @param partitionsPerTopic {@code sluice.topic.partitions.max}
 * @param partitions {@code sluice.partitions.max}: of all topics
 * @param cleanerThreads {@code log.cleaner.threads}: compactions at one time
 * @param controllerRequests {@code sluice.controller.requests.max}: requests that wait for the controller; beyond it they are refused with a retriable error
 */
public record Limits(
        int socketRequestMaxBytes,
        long inflightMaxBytes,
        long connectionInflightMaxBytes,
        int maxConnections,
        int maxConnectionsPerAddress,
        int waitingFetches,
        long partitionMailboxMaxBytes,
        long mailboxMaxBytes,
        int partitionWaiters,
        int partitionsPerTopic,
        int partitions,
        int cleanerThreads,
        int controllerRequests) {

    public static final Limits DEFAULTS = new Limits(
            100 << 20,
            256L << 20,
            128L << 20,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            10_000,
            64L << 20,
            256L << 20,
            50_000,
            10_000,
            100_000,
            1,
            10_000);
}
