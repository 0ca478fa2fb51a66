/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.util.Optional;

/** What a topic may be called: Kafka's rules, so that metric names and folders of every tool stay unambiguous. */
public final class TopicNames {
    public static final int LENGTH_MAX = 249;

    /** The partition that holds the metadata; not a topic for anybody. */
    public static final String METADATA = "__cluster_metadata";

    private TopicNames() {}

    /** What is wrong with a name, for people; empty if nothing is. */
    public static Optional<String> violation(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is illegal, it can't be empty");
        } else if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name cannot be \".\" or \"..\"");
        } else if (name.length() > LENGTH_MAX) {
            return Optional.of("Topic name is illegal, it can't be longer than " + LENGTH_MAX
                    + " characters, and this one has " + name.length());
        } else if (!name.chars().allMatch(TopicNames::isLegal)) {
            return Optional.of("Topic name \"" + printable(name)
                    + "\" is illegal, it contains a character other than ASCII alphanumerics, '.', '_' and '-'");
        } else if (name.equals(METADATA)) {
            return Optional.of("Topic name \"" + METADATA + "\" is the broker's own");
        }
        return Optional.empty();
    }

    /** Names that differ only in '.' and '_' collide: metrics replace one by the other. */
    public static String collisionKey(String name) {
        return name.replace('.', '_');
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
        name.chars().limit(LENGTH_MAX).forEach(c -> text.append(c < ' ' || c == 127 ? "?" : String.valueOf((char) c)));
        return text.toString();
    }
}
