/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import java.util.Optional;
import java.util.Set;

/** What a topic may be called: ASCII letters, digits, dot, underscore and dash, at most 249 of them. */
final class TopicNames {
    private static final int LENGTH_MAX = 249;

    private TopicNames() {}

    /** What is wrong with a name, in one line; empty if it is right. */
    static Optional<String> problem(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is invalid: it is empty");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name is invalid: '" + name + "'");
        }
        if (name.length() > LENGTH_MAX) {
            return Optional.of(
                    "Topic name is invalid: it has " + name.length() + " characters, more than " + LENGTH_MAX);
        }
        if (!name.chars().allMatch(TopicNames::isLegal)) {
            return Optional.of("Topic name is invalid: '" + printable(name)
                    + "' has characters other than ASCII letters, digits, '.', '_' and '-'");
        }
        return Optional.empty();
    }

    private static boolean isLegal(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.chars().forEach(c -> text.append(c < ' ' || c == 127 ? '?' : (char) c));
        return text.toString();
    }

    /**
     * A topic whose name is the same but for dots and underscores: metrics could not tell the two apart.
     *
     * @return that topic, or empty if there is none
     */
    static Optional<String> collision(String name, Set<String> existing) {
        if (name.indexOf('.') < 0 && name.indexOf('_') < 0) {
            return Optional.empty();
        }
        String plain = name.replace('.', '_');
        return existing.stream()
                .filter(other -> other.length() == name.length()
                        && !other.equals(name)
                        && other.replace('.', '_').equals(plain))
                .findFirst();
    }
}
