/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.HashMap;
import java.util.Map;

/** Reads the text of {@link Positions}; knows where it is, to say so. */
final class PositionsParser {
    private final String text;
    private final Map<PartitionName, Long> offsets = new HashMap<>();
    private int at;

    PositionsParser(String text) {
        this.text = text;
    }

    Positions parse() {
        while (at < text.length()) {
            topic();
            if (at < text.length()) {
                expect(';');
                if (at == text.length()) {
                    throw wrong("a topic is missing");
                }
            }
        }
        return Positions.of(offsets);
    }

    private void topic() {
        int colon = text.indexOf(':', at);
        if (colon < 0) {
            throw wrong("topic:partition=offset expected");
        }
        String topic = text.substring(at, colon);
        at = colon + 1;
        do {
            int from = at;
            long partition = number();
            if (partition > Integer.MAX_VALUE) {
                at = from;
                throw wrong("partition is too large");
            }
            expect('=');
            if (offsets.put(new PartitionName(topic, (int) partition), number()) != null) {
                at = from;
                throw wrong(topic + "-" + partition + " is there twice");
            }
            if (offsets.size() > Positions.MAX_ENTRIES) {
                throw wrong("more than " + Positions.MAX_ENTRIES + " entries");
            }
        } while (skip(','));
    }

    private long number() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        try {
            return Long.parseLong(text.substring(from, at));
        } catch (NumberFormatException e) {
            at = from;
            throw wrong("a number expected");
        }
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw wrong("'" + c + "' expected");
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("positions, character " + (at + 1) + ": " + what);
    }
}
