/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

/**
 * The node can't start. The message is one line for people: what is wrong and what to do. The program prints it and exits with 2, or with 1 where
 * nothing needs to be changed before the next try.
 */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    public StartupException(String message) {
        this(message, false, null);
    }

    public StartupException(String message, Throwable cause) {
        this(message, false, cause);
    }

    private StartupException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    /** It may start when it is tried again as it is. */
    public static StartupException passing(String message) {
        return new StartupException(message, true, null);
    }

    /** Whether it may start when it is tried again as it is. */
    public boolean isPassing() {
        return passing;
    }
}
