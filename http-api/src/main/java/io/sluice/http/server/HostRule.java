/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ClusterSettings.HostPort;
import io.sluice.cluster.config.ConfigKey;
import io.sluice.cluster.config.Listener;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * By which names a request may call this server ({@code Host}). A page of {@code evil.example} whose name server first tells the page's own address and then
 * that of a node in the reader's network (DNS rebinding) is of one origin with that node for the browser, which lets it read and write everything there. What
 * it can't do is to have the browser send another {@code Host} than {@code evil.example}.
 *
 * <p>Allowed is what no stranger can have such a page at:
 *
 * <ul>
 *   <li>addresses, for nobody resolves them;
 *   <li>names without a dot, and those below {@code localhost}, {@code local}, {@code internal} and {@code home.arpa}: nobody can register them;
 *   <li>names that the brokers of the cluster have told to their clients, or listen at;
 *   <li>those of {@code sluice.http.hosts}, where {@code *.example.org} stands for all names below one, and {@code *} for all.
 * </ul>
 */
final class HostRule implements Predicate<String> {
    private static final String ALL = "*";
    private static final Pattern PORT = Pattern.compile(":\\d*$");
    private static final Pattern IP_4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** Below these nobody can register a name. */
    private static final List<String> PRIVATE = List.of(".localhost", ".local", ".internal", ".home.arpa");

    private final Set<String> names;
    private final Supplier<? extends Collection<String>> told;

    /**
     * @param names may be {@code *} or begin with {@code *.}
     * @param told those that come and go
     */
    HostRule(Collection<String> names, Supplier<? extends Collection<String>> told) {
        this.names = names.stream().map(HostRule::name).collect(Collectors.toUnmodifiableSet());
        this.told = told;
    }

    /** @param told where clients are told that brokers are */
    static HostRule of(BrokerSettings settings, Supplier<? extends Collection<String>> told) {
        Set<String> names = new HashSet<>(ConfigKey.elements(settings.string("sluice.http.hosts")));
        settings.http().map(HostPort::host).ifPresent(names::add);
        settings.httpAdvertised().map(HostPort::host).ifPresent(names::add);
        names.add(settings.cluster().listen().host());
        for (Listener listener : settings.listeners()) {
            names.add(listener.host());
            settings.advertised(listener.name()).map(Listener::host).ifPresent(names::add);
        }
        return new HostRule(names, told);
    }

    /** @param host the header; null or empty if there is none, which no browser does */
    @Override
    public boolean test(String host) {
        if (host == null || host.isBlank() || names.contains(ALL)) {
            return true;
        }
        String name = name(host);
        return isAddress(name)
                || name.indexOf('.') < 0
                || PRIVATE.stream().anyMatch(name::endsWith)
                || names.contains(name)
                || isBelow(name)
                || told.get().stream().anyMatch(known -> name(known).equals(name));
    }

    private static boolean isAddress(String name) {
        return name.startsWith("[") || IP_4.matcher(name).matches();
    }

    /** {@code *.example.org} for any name that ends like this. */
    private boolean isBelow(String name) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (names.contains(ALL + name.substring(dot))) {
                return true;
            }
        }
        return false;
    }

    /** Without port, and without the dot at the end that changes nothing. */
    private static String name(String host) {
        String name = PORT.matcher(host.strip().toLowerCase(Locale.ROOT)).replaceFirst("");
        return name.endsWith(".") && !name.equals(".") ? name.substring(0, name.length() - 1) : name;
    }
}
