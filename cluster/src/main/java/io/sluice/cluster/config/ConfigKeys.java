/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys of one kind of resource, by name. They are written down as tables beside this class, one line a key:
 *
 * <pre>
 * retention.bytes | LONG | -1 | | dynamic acts | log.retention.bytes | Bytes that a partition keeps ...
 * name            | type | default (null: none) | allowed | flags | falls back to | meaning
 * </pre>
 *
 * Flags: {@code dynamic} may be changed while running, {@code acts} or {@code unsupported} (see {@link Effect}), {@code hidden}.
 */
public final class ConfigKeys {
    private static final int COLUMNS = 7;

    private final Map<String, ConfigKey> byName;

    private ConfigKeys(Map<String, ConfigKey> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    static ConfigKeys load(String... tables) {
        Map<String, ConfigKey> keys = new TreeMap<>();
        for (String table : tables) {
            for (String line : lines(table)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    ConfigKey key = parse(table, line);
                    if (keys.put(key.name(), key) != null) {
                        throw new IllegalStateException(table + ": " + key.name() + " is there twice");
                    }
                }
            }
        }
        return new ConfigKeys(keys);
    }

    private static List<String> lines(String table) {
        try (InputStream in = ConfigKeys.class.getResourceAsStream(table)) {
            if (in == null) {
                throw new IllegalStateException("the table " + table + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConfigKey parse(String table, String line) {
        String[] columns = line.split("\\|", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalStateException(
                    table + ": " + columns.length + " columns instead of " + COLUMNS + ": " + line);
        }
        for (int i = 0; i < COLUMNS; i++) {
            columns[i] = columns[i].trim();
        }
        return new ConfigKey(
                columns[0],
                ConfigType.valueOf(columns[1]),
                columns[2].equals("null") ? null : columns[2],
                AllowedValues.parse(columns[3]),
                List.of(columns[4].split(" ")),
                fallbacks(columns[5]),
                columns[6]);
    }

    private static List<ConfigKey.Fallback> fallbacks(String column) {
        List<ConfigKey.Fallback> fallbacks = new ArrayList<>();
        if (!column.isEmpty()) {
            for (String word : List.of(column.split(" "))) {
                int star = word.indexOf('*');
                fallbacks.add(
                        star < 0
                                ? new ConfigKey.Fallback(word, 1)
                                : new ConfigKey.Fallback(
                                        word.substring(0, star), Long.parseLong(word.substring(star + 1))));
            }
        }
        return fallbacks;
    }

    public Optional<ConfigKey> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** A key that the code itself names: it is there, or the code is wrong. */
    ConfigKey get(String name) {
        ConfigKey key = byName.get(name);
        if (key == null) {
            throw new IllegalArgumentException("no such key: " + name);
        }
        return key;
    }

    /** Sorted by name. */
    public Collection<ConfigKey> all() {
        return byName.values();
    }

    /** One line for a key that is not known, with the nearest one that is. */
    public String unknown(String name) {
        return name + ": unknown key"
                + NearestName.of(name, byName.keySet())
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("");
    }
}
