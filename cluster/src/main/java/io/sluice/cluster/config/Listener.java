/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address of the Kafka protocol, written {@code NAME://host:port}; an IPv6 host in brackets.
 *
 * @param name of the listener
 * @param host empty for every interface; without brackets
 * @param port 0 picks a free one
 */
public record Listener(String name, String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9_]+)://(?:\\[([0-9a-fA-F:.%]+)\\]|([^:/\\[\\]]*)):(\\d{1,5})");
    private static final int PORT_MAX = 65_535;

    static Listener parse(String key, String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new InvalidConfigException(key + "=" + text + ": must be like PLAINTEXT://host:port");
        }
        int port = Integer.parseInt(matcher.group(4));
        if (port > PORT_MAX) {
            throw new InvalidConfigException(key + "=" + text + ": the port must be from 0 to " + PORT_MAX);
        }
        return new Listener(matcher.group(1), matcher.group(2) != null ? matcher.group(2) : matcher.group(3), port);
    }

    @Override
    public String toString() {
        return name + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
