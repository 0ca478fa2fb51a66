/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

/** The node can't start. The message is one line for people: what is wrong and what to do. The program prints it and exits with 2. */
public final class StartupException extends RuntimeException {
    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
