/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a node finds the others. Without seeds it is a cluster of one, with itself as the only voter.
 *
 * @param listen where the other nodes reach this one
 * @param seeds who lets a starting node in, the same list everywhere
 * @param discovery where seeds are asked for instead; empty if they are listed
 * @param voters node ids that vote on metadata and on who is gone, preferred controller first
 * @param heartbeatPauseMs silence that means gone
 * @param minorityGraceMs without a majority of voters for so long, a node stops itself
 */
public record ClusterSettings(
        HostPort listen,
        List<HostPort> seeds,
        Optional<KubernetesApi> discovery,
        List<Integer> voters,
        int heartbeatIntervalMs,
        int heartbeatPauseMs,
        int minorityGraceMs) {

    private static final String LISTEN = "sluice.cluster.listen";
    private static final String SEEDS = "sluice.cluster.seeds";
    private static final String VOTERS = "sluice.cluster.voters";
    private static final String DISCOVERY = "sluice.cluster.discovery";
    private static final String PAUSE = "sluice.cluster.heartbeat.pause.ms";
    private static final String INTERVAL = "sluice.cluster.heartbeat.interval.ms";
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)\\]|([^:/\\[\\]\\s]+)):(\\d{1,5})");
    private static final int PORT_MAX = 65_535;

    /** An address; an IPv6 host is written in brackets, and is without them here. */
    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Seeds are the pods that Kubernetes names.
     *
     * @param selector of their labels
     * @param credentials folder with {@code ca.crt}, {@code token} and {@code namespace}
     */
    public record KubernetesApi(String selector, String credentials) {}

    /** @throws InvalidConfigException unless all of it goes together */
    static ClusterSettings of(BrokerSettings settings) {
        HostPort listen = address(LISTEN, settings.string(LISTEN));
        List<HostPort> seeds = new ArrayList<>();
        for (String text : ConfigKey.elements(settings.string(SEEDS))) {
            HostPort seed = address(SEEDS, text);
            if (seed.port() == 0) {
                throw new InvalidConfigException(SEEDS + "=" + text + ": the port of a seed can't be 0");
            }
            seeds.add(seed);
        }
        Optional<KubernetesApi> discovery = discovery(settings, seeds);
        List<Integer> voters = voters(settings, !seeds.isEmpty() || discovery.isPresent());
        if (settings.intValue(PAUSE) < 2 * settings.intValue(INTERVAL)) {
            throw new InvalidConfigException(PAUSE + "=" + settings.intValue(PAUSE) + ": must be at least twice "
                    + INTERVAL + "=" + settings.intValue(INTERVAL));
        }
        return new ClusterSettings(
                listen,
                List.copyOf(seeds),
                discovery,
                voters,
                settings.intValue(INTERVAL),
                settings.intValue(PAUSE),
                settings.intValue("sluice.cluster.minority.grace.ms"));
    }

    private static Optional<KubernetesApi> discovery(BrokerSettings settings, List<HostPort> seeds) {
        String method = settings.string(DISCOVERY);
        if (method.equals("static")) {
            return Optional.empty();
        } else if (!seeds.isEmpty()) {
            throw new InvalidConfigException(
                    DISCOVERY + "=" + method + ": there are seeds too (" + SEEDS + "), one of the two must go");
        }
        return Optional.of(new KubernetesApi(
                settings.string(DISCOVERY + ".selector"), settings.string(DISCOVERY + ".credentials")));
    }

    private static List<Integer> voters(BrokerSettings settings, boolean seeds) {
        String text = settings.string(VOTERS);
        List<Integer> voters = new ArrayList<>();
        for (String voter : ConfigKey.elements(text)) {
            if (!voter.matches("\\d{1,9}")) {
                throw new InvalidConfigException(VOTERS + "=" + text + ": must be node numbers, like 1,2,3");
            } else if (voters.contains(Integer.valueOf(voter))) {
                throw new InvalidConfigException(VOTERS + "=" + text + ": " + voter + " is there twice");
            }
            voters.add(Integer.valueOf(voter));
        }
        int self = settings.nodeId();
        if (voters.isEmpty()) {
            if (seeds) {
                throw new InvalidConfigException(
                        VOTERS + "=: must say which nodes vote where there are seeds, like --voters 1,2,3");
            }
            return List.of(self);
        } else if (!seeds && !voters.equals(List.of(self))) {
            throw new InvalidConfigException(VOTERS + "=" + text + ": node " + self
                    + " is a cluster of its own without seeds, like --seeds HOST:PORT,HOST:PORT");
        } else if (voters.size() % 2 == 0) {
            throw new InvalidConfigException(VOTERS + "=" + text
                    + ": must be an odd number of nodes, for an even one survives no more losses than one less");
        }
        return List.copyOf(voters);
    }

    static HostPort address(String key, String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new InvalidConfigException(key + "=" + text + ": must be like host:port");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > PORT_MAX) {
            throw new InvalidConfigException(key + "=" + text + ": the port must be from 0 to " + PORT_MAX);
        }
        return new HostPort(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port);
    }

    /** Whether there are other nodes to look for. */
    public boolean hasSeeds() {
        return !seeds.isEmpty() || discovery.isPresent();
    }
}
