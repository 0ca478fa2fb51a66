/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.MetadataLevels;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * How to start a node. Start from {@link #of} and change what is needed.
 *
 * @param settings all that the configuration says; the node's id is among it
 * @param dataDirectory made if it is not there; wins over what the settings say
 * @param akkaHost where Akka remoting listens
 * @param akkaPort 0 for any free one
 * @param advertisedHost what is registered as this broker's Kafka address; {@link SluiceNode#advertise} changes it later
 * @param advertisedPort the same
 * @param replicaFetches brings records from the replicas of other nodes
 * @param levels of the metadata that this node works at: the program's, but for tests
 */
public record NodeOptions(
        BrokerSettings settings,
        Path dataDirectory,
        String akkaHost,
        int akkaPort,
        String advertisedHost,
        int advertisedPort,
        ReplicaFetches.Factory replicaFetches,
        MeterRegistry metrics,
        InstantSource clock,
        MetadataLevels levels) {

    /** As the settings say; Kafka's address is the loopback one. */
    public static NodeOptions of(BrokerSettings settings, Path dataDirectory) {
        return new NodeOptions(
                settings,
                dataDirectory,
                settings.cluster().listen().host(),
                settings.cluster().listen().port(),
                "127.0.0.1",
                9092,
                ReplicaFetches.ALONE,
                new SimpleMeterRegistry(),
                InstantSource.system(),
                MetadataLevels.KNOWN);
    }

    public NodeOptions withAkka(String host, int port) {
        return new NodeOptions(
                settings,
                dataDirectory,
                host,
                port,
                advertisedHost,
                advertisedPort,
                replicaFetches,
                metrics,
                clock,
                levels);
    }

    public NodeOptions withAdvertised(String host, int port) {
        return new NodeOptions(
                settings, dataDirectory, akkaHost, akkaPort, host, port, replicaFetches, metrics, clock, levels);
    }

    public NodeOptions withReplicaFetches(ReplicaFetches.Factory factory) {
        return new NodeOptions(
                settings,
                dataDirectory,
                akkaHost,
                akkaPort,
                advertisedHost,
                advertisedPort,
                factory,
                metrics,
                clock,
                levels);
    }

    public NodeOptions withMetrics(MeterRegistry registry) {
        return new NodeOptions(
                settings,
                dataDirectory,
                akkaHost,
                akkaPort,
                advertisedHost,
                advertisedPort,
                replicaFetches,
                registry,
                clock,
                levels);
    }

    public NodeOptions withClock(InstantSource source) {
        return new NodeOptions(
                settings,
                dataDirectory,
                akkaHost,
                akkaPort,
                advertisedHost,
                advertisedPort,
                replicaFetches,
                metrics,
                source,
                levels);
    }

    /** A node of another program, as it were. */
    public NodeOptions withLevels(MetadataLevels known) {
        return new NodeOptions(
                settings,
                dataDirectory,
                akkaHost,
                akkaPort,
                advertisedHost,
                advertisedPort,
                replicaFetches,
                metrics,
                clock,
                known);
    }
}
