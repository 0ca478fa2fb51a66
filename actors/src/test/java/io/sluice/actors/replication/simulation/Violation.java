/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

/** The protocol broke a promise. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static void unless(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new Violation(String.format(message, arguments));
        }
    }
}
