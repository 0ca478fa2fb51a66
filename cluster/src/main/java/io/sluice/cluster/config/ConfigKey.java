/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** A configuration key that is known. */
public final class ConfigKey {
    private final String name;
    private final ConfigType type;
    private final String defaultValue;
    private final AllowedValues allowed;
    private final Effect effect;
    private final boolean dynamic;
    private final boolean hidden;
    private final List<Fallback> fallbacks;
    private final String meaning;

    /**
     * A broker key whose value stands in where the key itself is not set.
     *
     * @param factor what its value is multiplied by (hours to milliseconds); negative values (no limit) stay as they are
     */
    public record Fallback(String key, long factor) {
        String convert(String value) {
            if (factor == 1 || value == null) {
                return value;
            }
            long number = Long.parseLong(value.trim());
            return Long.toString(number < 0 ? number : Math.multiplyExact(number, factor));
        }
    }

    ConfigKey(
            String name,
            ConfigType type,
            String defaultValue,
            AllowedValues allowed,
            List<String> flags,
            List<Fallback> fallbacks,
            String meaning) {
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.allowed = allowed;
        this.effect =
                flags.contains("acts") ? Effect.ACTS : flags.contains("unsupported") ? Effect.UNSUPPORTED : Effect.NONE;
        this.dynamic = flags.contains("dynamic");
        this.hidden = flags.contains("hidden");
        this.fallbacks = List.copyOf(fallbacks);
        this.meaning = meaning;
    }

    public String name() {
        return name;
    }

    public ConfigType type() {
        return type;
    }

    /** Null if there is none. */
    public String defaultValue() {
        return defaultValue;
    }

    public Effect effect() {
        return effect;
    }

    /** Whether it may be changed while the broker runs. */
    public boolean dynamic() {
        return dynamic;
    }

    /** Known and usable, but not told to anybody who asks for all keys. */
    public boolean hidden() {
        return hidden;
    }

    /** Whether its value is never told. */
    public boolean sensitive() {
        return type == ConfigType.PASSWORD;
    }

    /** Where a value is looked for in the broker's configuration, in this order. For a broker key: itself first. */
    public List<Fallback> fallbacks() {
        return fallbacks;
    }

    /** One sentence. */
    public String meaning() {
        return meaning;
    }

    /** What a value must be, to be read after "must be". */
    public String allowedInWords() {
        String type =
                switch (this.type) {
                    case BOOLEAN -> "true or false";
                    case INT, SHORT, LONG -> "a whole number";
                    case DOUBLE -> "a number";
                    case LIST -> "a list separated by commas";
                    case CLASS, STRING, PASSWORD -> "a text";
                };
        String rule = allowed.inWords();
        if (rule.isEmpty()) {
            return type;
        }
        return allowed instanceof AllowedValues.Range ? type + ", " + rule : rule;
    }

    /** What is wrong with a value, as one line without a full stop; empty if it is right. */
    public Optional<String> problem(String value) {
        if (value == null) {
            return Optional.of(name + ": a value is missing, it must be " + allowedInWords());
        }
        String trimmed = value.trim();
        if (!hasType(trimmed) || !allowed.allows(trimmed)) {
            return Optional.of(name + "=" + (sensitive() ? "(hidden)" : value) + ": must be " + allowedInWords());
        }
        if (effect == Effect.UNSUPPORTED && !isDefault(trimmed)) {
            return Optional.of(name + ": " + meaning.substring(0, meaning.length() - 1)
                    + (defaultValue == null || defaultValue.isEmpty()
                            ? ""
                            : " (only " + defaultValue + " is accepted)"));
        }
        return Optional.empty();
    }

    private boolean isDefault(String value) {
        return Objects.equals(value, defaultValue == null ? "" : defaultValue);
    }

    private boolean hasType(String value) {
        try {
            switch (type) {
                case BOOLEAN -> {
                    String word = value.toLowerCase(Locale.ROOT);
                    return word.equals("true") || word.equals("false");
                }
                case INT -> Integer.parseInt(value);
                case SHORT -> Short.parseShort(value);
                case LONG -> Long.parseLong(value);
                case DOUBLE -> {
                    return Double.isFinite(Double.parseDouble(value));
                }
                case LIST, CLASS, STRING, PASSWORD -> {
                    return true;
                }
            }
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The elements of a list value; none in an empty one. */
    public static List<String> elements(String value) {
        if (value == null || value.isBlank()) {
            return List.of();
        }
        return Arrays.stream(value.split(",")).map(String::trim).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
