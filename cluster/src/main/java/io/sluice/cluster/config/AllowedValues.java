/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a key's value may be, beyond its type. Each rule can say itself in words, for error messages and the documentation. */
sealed interface AllowedValues {
    /** @param value of the right type, trimmed */
    boolean allows(String value);

    /** To be read after "must be"; empty if everything is allowed. */
    String inWords();

    AllowedValues ANY = new Any();

    /** Reads the notation of the key tables: {@code 1..}, {@code -1 1..9}, {@code one of a b}, {@code list of a b}, a rule's name, or nothing. */
    static AllowedValues parse(String notation) {
        if (notation.isEmpty()) {
            return ANY;
        }
        if (notation.startsWith("one of ")) {
            return new OneOf(words(notation.substring("one of ".length())));
        }
        if (notation.startsWith("list of ")) {
            return new ListOf(words(notation.substring("list of ".length())));
        }
        if (notation.equals("replicas")) {
            return new ThrottledReplicas();
        }
        if (notation.equals("offset-reset")) {
            return new OffsetReset();
        }
        List<String> parts = words(notation);
        BigDecimal also = parts.size() == 2 ? new BigDecimal(parts.get(0)) : null;
        String range = parts.get(parts.size() - 1);
        int dots = range.indexOf("..");
        String to = range.substring(dots + 2);
        return new Range(also, new BigDecimal(range.substring(0, dots)), to.isEmpty() ? null : new BigDecimal(to));
    }

    private static List<String> words(String text) {
        return List.of(text.trim().split(" +"));
    }

    /** Everything that the type allows. */
    record Any() implements AllowedValues {
        @Override
        public boolean allows(String value) {
            return true;
        }

        @Override
        public String inWords() {
            return "";
        }
    }

    /**
     * A number from..to, both included, or one value besides.
     *
     * @param also null if none
     * @param to null if unbounded
     */
    record Range(BigDecimal also, BigDecimal from, BigDecimal to) implements AllowedValues {
        @Override
        public boolean allows(String value) {
            BigDecimal number = new BigDecimal(value);
            if (also != null && number.compareTo(also) == 0) {
                return true;
            }
            return number.compareTo(from) >= 0 && (to == null || number.compareTo(to) <= 0);
        }

        @Override
        public String inWords() {
            String range = to == null ? "at least " + from : "from " + from + " to " + to;
            return also == null ? range : also + " or " + range;
        }
    }

    /** One of some words; upper and lower case matter, as with Kafka. */
    record OneOf(List<String> words) implements AllowedValues {
        @Override
        public boolean allows(String value) {
            return words.contains(value) || words.contains(value.toUpperCase(Locale.ROOT));
        }

        @Override
        public String inWords() {
            return "one of " + String.join(", ", words);
        }
    }

    /** Any of some words, each once. */
    record ListOf(List<String> words) implements AllowedValues {
        @Override
        public boolean allows(String value) {
            List<String> elements = ConfigKey.elements(value);
            return words.containsAll(elements) && new HashSet<>(elements).size() == elements.size();
        }

        @Override
        public String inWords() {
            return "a list of " + String.join(", ", words) + ", each at most once";
        }
    }

    /** {@code partition:broker} pairs, or {@code *}. */
    record ThrottledReplicas() implements AllowedValues {
        private static final Pattern PAIR = Pattern.compile("\\d+:\\d+");

        @Override
        public boolean allows(String value) {
            List<String> elements = ConfigKey.elements(value);
            return elements.equals(List.of("*"))
                    || elements.stream().allMatch(pair -> PAIR.matcher(pair).matches());
        }

        @Override
        public String inWords() {
            return "a list of partition:broker, or *";
        }
    }

    /** {@code earliest}, {@code latest} or {@code by_duration:} and an ISO 8601 duration. */
    record OffsetReset() implements AllowedValues {
        private static final String BY_DURATION = "by_duration:";

        @Override
        public boolean allows(String value) {
            if (value.startsWith(BY_DURATION)) {
                try {
                    return !java.time.Duration.parse(value.substring(BY_DURATION.length()))
                            .isNegative();
                } catch (java.time.format.DateTimeParseException e) {
                    return false;
                }
            }
            return new ArrayList<>(List.of("earliest", "latest")).contains(value);
        }

        @Override
        public String inWords() {
            return "earliest, latest or by_duration:PnDTnHnMn.nS";
        }
    }
}
