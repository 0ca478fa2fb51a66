/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The settings that one broker was started with: immutable, and valid as a whole, for {@link #parse} refuses everything else. What was
 * changed while it runs lies above them (see {@link ConfigResolver}). Durations and sizes carry their unit in the getter's name.
 */
public final class BrokerSettings {
    private static final String PLAINTEXT = "PLAINTEXT";
    private static final String HTTP_LISTEN = "sluice.http.listen";
    private static final String HTTP_ADVERTISED = "sluice.http.advertised";
    private static final String NOWHERE = "none";

    private final Map<String, String> values;
    private final List<ConfigLayer> layers;
    private final List<Listener> listeners;
    private final List<Listener> advertisedListeners;
    private final ClusterSettings cluster;
    private final Optional<ClusterSettings.HostPort> http;
    private final Optional<ClusterSettings.HostPort> httpAdvertised;

    private BrokerSettings(Map<String, String> values) {
        this.values = Collections.unmodifiableMap(values);
        this.layers = List.of(new ConfigLayer(ConfigSource.STATIC_BROKER, this.values));
        Map<String, String> protocols = protocols();
        this.listeners = listeners("listeners", protocols);
        this.advertisedListeners = listeners("advertised.listeners", protocols);
        this.cluster = ClusterSettings.of(this);
        this.http = httpAddress();
        this.httpAdvertised = string(HTTP_ADVERTISED).isEmpty()
                ? Optional.empty()
                : Optional.of(ClusterSettings.address(HTTP_ADVERTISED, string(HTTP_ADVERTISED)));
        checkTogether();
    }

    private Optional<ClusterSettings.HostPort> httpAddress() {
        String address = string(HTTP_LISTEN);
        return address.equals(NOWHERE) ? Optional.empty() : Optional.of(ClusterSettings.address(HTTP_LISTEN, address));
    }

    /** Kafka's and Sluice's defaults. */
    public static BrokerSettings defaults() {
        return parse(Map.of());
    }

    /** @throws InvalidConfigException unless every key is known and every value allowed */
    public static BrokerSettings parse(Map<String, String> values) {
        return parse(List.of(new SettingsSource("", values)));
    }

    /**
     * Later sources win over earlier ones.
     *
     * @throws InvalidConfigException unless every key is known and every value allowed; names the source
     */
    public static BrokerSettings parse(List<SettingsSource> sources) {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> places = new HashMap<>();
        for (SettingsSource source : sources) {
            String place = source.where().isEmpty() ? "" : source.where() + ": ";
            for (Map.Entry<String, String> entry : new TreeMap<>(source.values()).entrySet()) {
                check(place, entry.getKey(), entry.getValue());
                values.put(entry.getKey(), entry.getValue().trim());
                places.put(entry.getKey(), place);
            }
        }
        try {
            return new BrokerSettings(values);
        } catch (InvalidConfigException e) {
            String key = e.getMessage().substring(0, e.getMessage().indexOf('='));
            throw new InvalidConfigException(places.getOrDefault(key, "") + e.getMessage());
        }
    }

    private static void check(String place, String name, String value) {
        ConfigKey key = ConfigCatalog.BROKER
                .find(name)
                .orElseThrow(() -> new InvalidConfigException(place + ConfigCatalog.BROKER.unknown(name)));
        key.problem(value).ifPresent(problem -> {
            throw new InvalidConfigException(place + problem);
        });
    }

    private Map<String, String> protocols() {
        Map<String, String> protocols = new HashMap<>();
        String key = "listener.security.protocol.map";
        for (String pair : ConfigKey.elements(string(key))) {
            int colon = pair.indexOf(':');
            if (colon <= 0) {
                throw new InvalidConfigException(key + "=" + pair + ": must be a list of NAME:PROTOCOL");
            }
            protocols.put(pair.substring(0, colon), pair.substring(colon + 1));
        }
        return protocols;
    }

    private List<Listener> listeners(String key, Map<String, String> protocols) {
        List<Listener> parsed = new ArrayList<>();
        List<String> controllers = ConfigKey.elements(string("controller.listener.names"));
        for (String text : ConfigKey.elements(string(key))) {
            Listener listener = Listener.parse(key, text);
            if (controllers.contains(listener.name())) {
                continue;
            }
            String protocol = protocols.get(listener.name());
            if (!PLAINTEXT.equals(protocol)) {
                throw new InvalidConfigException(key + "=" + text + ": "
                        + (protocol == null
                                ? "listener.security.protocol.map does not say which protocol " + listener.name()
                                        + " has"
                                : protocol + " is not supported yet, only PLAINTEXT is"));
            }
            if (parsed.stream().anyMatch(other -> other.name().equals(listener.name()))) {
                throw new InvalidConfigException(key + "=" + text + ": there is another listener of that name");
            }
            parsed.add(listener);
        }
        return List.copyOf(parsed);
    }

    private void checkTogether() {
        if (listeners.isEmpty()) {
            throw new InvalidConfigException("listeners=: must name at least one listener");
        }
        for (Listener advertised : advertisedListeners) {
            if (advertised.host().isEmpty() || advertised.host().equals("0.0.0.0") || advertised.port() == 0) {
                throw new InvalidConfigException(
                        "advertised.listeners=" + advertised + ": must be an address that clients can connect to");
            }
            if (listeners.stream().noneMatch(listener -> listener.name().equals(advertised.name()))) {
                throw new InvalidConfigException(
                        "advertised.listeners=" + advertised + ": there is no listener " + advertised.name());
            }
        }
        String nodeId = values.get("node.id");
        String brokerId = values.get("broker.id");
        if (nodeId != null && brokerId != null && !nodeId.equals(brokerId)) {
            throw new InvalidConfigException("broker.id=" + brokerId + ": must be the same as node.id=" + nodeId);
        }
        if (ConfigKey.elements(string("log.dirs")).size() != 1) {
            throw new InvalidConfigException("log.dirs=" + string("log.dirs") + ": must name exactly one directory");
        }
        ordered("group.min.session.timeout.ms", "group.max.session.timeout.ms");
        ordered("log.cleaner.min.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms");
    }

    private void ordered(String smaller, String larger) {
        if (longValue(smaller) > longValue(larger)) {
            throw new InvalidConfigException(smaller + "=" + longValue(smaller) + ": must not be larger than " + larger
                    + "=" + longValue(larger));
        }
    }

    /** What was set, by key; nothing else. */
    public Map<String, String> values() {
        return values;
    }

    /** Keys that were set and have no effect here, for a line in the log at start-up. */
    public List<String> withoutEffect() {
        return values.keySet().stream()
                .filter(name -> ConfigCatalog.BROKER.get(name).effect() == Effect.NONE)
                .toList();
    }

    /** The value of a key; null if it has none. */
    public String string(String key) {
        return resolve(key).value();
    }

    public boolean booleanValue(String key) {
        return resolve(key).booleanValue();
    }

    public int intValue(String key) {
        return resolve(key).intValue();
    }

    public long longValue(String key) {
        return resolve(key).longValue();
    }

    public double doubleValue(String key) {
        return resolve(key).doubleValue();
    }

    private ResolvedConfig resolve(String key) {
        return ResolvedConfig.of(ConfigCatalog.BROKER.get(key), null, layers);
    }

    public int nodeId() {
        return intValue("node.id");
    }

    /** {@code broker.rack}. */
    public Optional<String> rack() {
        return Optional.ofNullable(string("broker.rack"));
    }

    /** {@code replica.selector.class}: consumers may read from a replica in their own rack instead of the leader. */
    public boolean readsFromClosestReplica() {
        String selector = string("replica.selector.class");
        return selector == null || !selector.endsWith(".LeaderSelector");
    }

    /** {@code log.dirs} or {@code log.dir}. */
    public Path dataDirectory() {
        return Path.of(string("log.dirs").trim());
    }

    /** {@code listeners}: at least one. */
    public List<Listener> listeners() {
        return listeners;
    }

    /** {@code advertised.listeners}: what a client of the listener of that name is told; empty if it is told the address that it reached. */
    public Optional<Listener> advertised(String listenerName) {
        return advertisedListeners.stream()
                .filter(listener -> listener.name().equals(listenerName))
                .findFirst();
    }

    /** {@code sluice.http.listen}: where HTTP is served; empty if it is not. */
    public Optional<ClusterSettings.HostPort> http() {
        return http;
    }

    /** {@code sluice.http.advertised}; empty if it is where HTTP listens. */
    public Optional<ClusterSettings.HostPort> httpAdvertised() {
        return httpAdvertised;
    }

    /** How this node finds the others. */
    public ClusterSettings cluster() {
        return cluster;
    }

    public int defaultPartitions() {
        return intValue("num.partitions");
    }

    public short defaultReplicationFactor() {
        return (short) intValue("default.replication.factor");
    }

    public boolean autoCreateTopics() {
        return booleanValue("auto.create.topics.enable");
    }

    public boolean deleteTopicEnable() {
        return booleanValue("delete.topic.enable");
    }

    public int socketRequestMaxBytes() {
        return intValue("socket.request.max.bytes");
    }

    public int maxConnections() {
        return intValue("max.connections");
    }

    public int maxConnectionsPerIp() {
        return intValue("max.connections.per.ip");
    }

    public long connectionsMaxIdleMs() {
        return longValue("connections.max.idle.ms");
    }

    /** {@code num.network.threads}; empty for as many as suit the machine. */
    public OptionalInt networkThreads() {
        String set = string("num.network.threads");
        return set == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(set));
    }

    public int fetchMaxBytes() {
        return intValue("fetch.max.bytes");
    }

    public int fetchSessionsMax() {
        return intValue("max.incremental.fetch.session.cache.slots");
    }

    /** Most partitions in one answer of DescribeTopicPartitions. */
    public int describePartitionsMax() {
        return intValue("max.request.partition.size.limit");
    }

    public int groupInitialRebalanceDelayMs() {
        return intValue("group.initial.rebalance.delay.ms");
    }

    public int groupMinSessionTimeoutMs() {
        return intValue("group.min.session.timeout.ms");
    }

    public int groupMaxSessionTimeoutMs() {
        return intValue("group.max.session.timeout.ms");
    }

    /** Members of one group. */
    public int groupMaxSize() {
        return intValue("group.max.size");
    }

    public int offsetMetadataMaxBytes() {
        return intValue("offset.metadata.max.bytes");
    }

    public int offsetsCommitTimeoutMs() {
        return intValue("offsets.commit.timeout.ms");
    }

    public long offsetsRetentionMs() {
        return longValue("offsets.retention.minutes") * 60_000;
    }

    public long offsetsRetentionCheckIntervalMs() {
        return longValue("offsets.retention.check.interval.ms");
    }

    public int offsetsTopicPartitions() {
        return intValue("offsets.topic.num.partitions");
    }

    /** Wanted; at most the number of brokers is given. */
    public short offsetsTopicReplicationFactor() {
        return (short) intValue("offsets.topic.replication.factor");
    }

    public int offsetsTopicSegmentBytes() {
        return intValue("offsets.topic.segment.bytes");
    }

    public long producerIdExpirationMs() {
        return longValue("producer.id.expiration.ms");
    }

    public int transactionMaxTimeoutMs() {
        return intValue("transaction.max.timeout.ms");
    }

    /** How long a request may wait for the name of a leader that is being elected. */
    public int leaderWaitMaxMs() {
        return intValue("sluice.leader.wait.max.ms");
    }

    /** How often the meters are written to a file; 0 for never. */
    public long metricsFileIntervalMs() {
        return longValue("sluice.metrics.file.interval.ms");
    }

    public long logRetentionCheckIntervalMs() {
        return longValue("log.retention.check.interval.ms");
    }

    /** {@code log.flush=always}: nothing is acknowledged before it is on disk. */
    public boolean forcesEveryWrite() {
        return string("log.flush").equals("always");
    }

    public boolean logCleanerEnable() {
        return booleanValue("log.cleaner.enable");
    }

    public int logCleanerThreads() {
        return intValue("log.cleaner.threads");
    }

    public long logCleanerDedupeBufferBytes() {
        return longValue("log.cleaner.dedupe.buffer.size");
    }

    public long logCleanerBackoffMs() {
        return longValue("log.cleaner.backoff.ms");
    }

    public int maxProducersPerPartition() {
        return intValue("sluice.producers.max.per.partition");
    }

    public int decompressedBatchMaxBytes() {
        return intValue("sluice.decompressed.batch.max.bytes");
    }

    public int placementGroups() {
        return intValue("sluice.placement.groups");
    }

    public int subscriptionsMax() {
        return intValue("sluice.subscriptions.max");
    }

    public int subscriptionBufferBytes() {
        return intValue("sluice.subscription.buffer.bytes");
    }

    public long subscriptionSharedBytes() {
        return longValue("sluice.subscription.shared.bytes");
    }

    public int subscriptionSlowMs() {
        return intValue("sluice.subscription.slow.ms");
    }

    public int subscriptionLingerMs() {
        return intValue("sluice.subscription.linger.ms");
    }

    /** Of all topics. */
    public int partitionsMax() {
        return intValue("sluice.partitions.max");
    }

    public int autoCreateTopicsRequestMax() {
        return intValue("sluice.auto.create.topics.request.max");
    }

    public int topicPartitionsMax() {
        return intValue("sluice.topic.partitions.max");
    }

    public long connectionInflightMaxBytes() {
        return longValue("sluice.connection.inflight.max.bytes");
    }

    /** {@code queued.max.request.bytes}, or {@code sluice.inflight.max.bytes} where that is -1. */
    public long inflightMaxBytes() {
        long queued = longValue("queued.max.request.bytes");
        return queued > 0 ? queued : longValue("sluice.inflight.max.bytes");
    }

    /** Requests of one connection that wait for their answer. */
    public int connectionRequestsMax() {
        return intValue("sluice.connection.requests.inflight.max");
    }

    public int connectionAllowanceBytes() {
        return intValue("sluice.connection.request.allowance.bytes");
    }

    public int connectionResponseBufferBytes() {
        return intValue("sluice.connection.response.buffer.bytes");
    }

    /** Largest request without records. */
    public int decodedRequestMaxBytes() {
        return intValue("sluice.request.decoded.max.bytes");
    }

    public long requestReceiveTimeoutMs() {
        return longValue("sluice.request.receive.timeout.ms");
    }

    public int replicaFetchMaxBytes() {
        return intValue("replica.fetch.max.bytes");
    }

    public int replicaFetchResponseMaxBytes() {
        return intValue("replica.fetch.response.max.bytes");
    }

    public int replicaSocketTimeoutMs() {
        return intValue("replica.socket.timeout.ms");
    }

    public long replicaFetchMemoryMaxBytes() {
        return longValue("sluice.replica.fetch.memory.max.bytes");
    }

    public int waitingFetchesMax() {
        return intValue("sluice.waiting.fetches.max");
    }

    public long partitionMailboxMaxBytes() {
        return longValue("sluice.partition.mailbox.max.bytes");
    }
}
