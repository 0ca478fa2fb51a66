/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

/** A configuration that can't be: the message is one line for the person who wrote it, naming where, key, value and what is allowed. */
public final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidConfigException(String message) {
        super(message);
    }
}
