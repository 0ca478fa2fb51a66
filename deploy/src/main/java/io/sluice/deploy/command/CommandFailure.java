/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

/** A command ends here: one line for people, and the exit code for scripts. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Something went wrong while the command ran. */
    public static final int FAILED = 1;

    /** Called or configured wrongly: nothing was done. */
    public static final int USAGE = 2;

    private final int exitCode;

    private CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The command could not do what it was asked to. */
    public static CommandFailure failed(String message) {
        return new CommandFailure(FAILED, message, null);
    }

    /** The same, with what caused it. */
    public static CommandFailure failed(String message, Throwable cause) {
        return new CommandFailure(FAILED, message, cause);
    }

    /** The command was called or configured wrongly. */
    public static CommandFailure usage(String message) {
        return new CommandFailure(USAGE, message, null);
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
