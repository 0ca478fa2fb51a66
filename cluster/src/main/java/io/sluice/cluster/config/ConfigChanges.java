/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides on changes of configuration (AlterConfigs, IncrementalAlterConfigs, and the configuration of a new topic): what comes out, or what is wrong. Pure;
 * the controller records what comes out.
 */
public final class ConfigChanges {
    private static final int VALUE_LENGTH_MAX = Short.MAX_VALUE;

    private final BrokerSettings settings;

    public ConfigChanges(BrokerSettings settings) {
        this.settings = settings;
    }

    /**
     * What became of the changes of one resource.
     *
     * @param error NONE, INVALID_CONFIG or INVALID_REQUEST
     * @param message null if all is well
     * @param configs all that is set afterwards; null on an error
     */
    public record Outcome(ErrorCode error, String message, Map<String, String> configs) {
        static Outcome refused(ErrorCode error, String message) {
            return new Outcome(error, message, null);
        }
    }

    /** The configuration of a new topic. */
    public Outcome newTopic(Map<String, String> configs) {
        List<ConfigOp> ops = configs.entrySet().stream()
                .map(entry -> new ConfigOp(entry.getKey(), Operation.SET, entry.getValue()))
                .toList();
        return topic(Map.of(), true, ops);
    }

    /**
     * A topic's configuration after changes.
     *
     * @param current what is set for the topic
     * @param replaceAll what is not named returns to its default
     */
    public Outcome topic(Map<String, String> current, boolean replaceAll, List<ConfigOp> ops) {
        Outcome outcome = apply(ConfigCatalog.TOPIC, current, replaceAll, ops);
        return outcome.configs() == null ? outcome : checkTopic(outcome);
    }

    /** A broker's, or with {@code allBrokers} the cluster's, dynamic configuration after changes. */
    public Outcome broker(Map<String, String> current, boolean replaceAll, List<ConfigOp> ops) {
        return apply(ConfigCatalog.BROKER, current, replaceAll, ops);
    }

    /** Group configuration rules the newer group protocols only, so setting it is refused. */
    public Outcome group(List<ConfigOp> ops) {
        for (ConfigOp op : ops) {
            if (ConfigCatalog.GROUP.find(op.key()).isEmpty()) {
                return Outcome.refused(ErrorCode.INVALID_CONFIG, ConfigCatalog.GROUP.unknown(op.key()));
            }
        }
        return Outcome.refused(
                ErrorCode.INVALID_CONFIG,
                "group configuration is for group protocols that are not supported yet (KIP-848, KIP-932, KIP-1071)");
    }

    /** Whether a broker key may be changed while the broker runs. */
    public static boolean isDynamic(String brokerKey) {
        return ConfigCatalog.BROKER.find(brokerKey).map(ConfigKey::dynamic).orElse(false);
    }

    private Outcome apply(ConfigKeys keys, Map<String, String> current, boolean replaceAll, List<ConfigOp> ops) {
        Map<String, String> configs = replaceAll ? new TreeMap<>() : new TreeMap<>(current);
        Set<String> seen = new HashSet<>();
        for (ConfigOp op : ops) {
            Optional<ConfigKey> key = keys.find(op.key());
            if (key.isEmpty()) {
                return Outcome.refused(ErrorCode.INVALID_CONFIG, keys.unknown(op.key()));
            }
            if (!seen.add(op.key())) {
                return Outcome.refused(ErrorCode.INVALID_REQUEST, op.key() + ": is there more than once");
            }
            if (!key.get().dynamic() && !repeats(key.get(), op)) {
                return Outcome.refused(
                        ErrorCode.INVALID_REQUEST,
                        op.key() + ": cannot be changed while the broker runs; set it in its configuration file");
            }
            Optional<Outcome> refused = apply(configs, current, key.get(), op);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        return new Outcome(ErrorCode.NONE, null, configs);
    }

    /** Tools write back all that they have read; a value that is in force already is no change. */
    private boolean repeats(ConfigKey key, ConfigOp op) {
        return op.operation() == Operation.SET
                && op.value() != null
                && ConfigCatalog.BROKER.find(key.name()).isPresent()
                && op.value().equals(settings.string(key.name()));
    }

    private Optional<Outcome> apply(
            Map<String, String> configs, Map<String, String> current, ConfigKey key, ConfigOp op) {
        if (!key.dynamic()) {
            return Optional.empty();
        }
        if (op.operation() == Operation.DELETE) {
            configs.remove(key.name());
            return Optional.empty();
        }
        String value = op.value();
        if (op.operation() != Operation.SET) {
            if (key.type() != ConfigType.LIST) {
                return Optional.of(Outcome.refused(
                        ErrorCode.INVALID_CONFIG,
                        key.name() + ": " + op.operation() + " is for lists, and this is " + key.allowedInWords()));
            }
            value = changedList(key, current, op);
        }
        Optional<String> problem = key.problem(value);
        if (problem.isPresent()) {
            return Optional.of(Outcome.refused(ErrorCode.INVALID_CONFIG, problem.get()));
        }
        if (value.length() > VALUE_LENGTH_MAX) {
            return Optional.of(Outcome.refused(
                    ErrorCode.INVALID_CONFIG, key.name() + ": must not be longer than " + VALUE_LENGTH_MAX));
        }
        configs.put(key.name(), value.trim());
        return Optional.empty();
    }

    /** APPEND to and SUBTRACT from what is in force, default included, as KIP-339 has it. */
    private String changedList(ConfigKey key, Map<String, String> current, ConfigOp op) {
        String inForce = current.get(key.name());
        if (inForce == null) {
            inForce = ResolvedConfig.of(
                            key, null, List.of(new ConfigLayer(ConfigSource.STATIC_BROKER, settings.values())))
                    .value();
        }
        List<String> elements = new ArrayList<>(ConfigKey.elements(inForce));
        for (String element : ConfigKey.elements(op.value())) {
            elements.remove(element);
            if (op.operation() == Operation.APPEND) {
                elements.add(element);
            }
        }
        return String.join(",", elements);
    }

    private static Outcome checkTopic(Outcome outcome) {
        Map<String, String> configs = outcome.configs();
        String min = configs.get("min.compaction.lag.ms");
        String max = configs.get("max.compaction.lag.ms");
        if (min != null && max != null && Long.parseLong(min) > Long.parseLong(max)) {
            return Outcome.refused(
                    ErrorCode.INVALID_CONFIG,
                    "min.compaction.lag.ms=" + min + ": must not be larger than max.compaction.lag.ms=" + max);
        }
        return outcome;
    }
}
