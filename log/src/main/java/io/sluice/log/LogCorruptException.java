/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;

/** A log that can't be trusted: the message names file, position, offset and cause. Its partition goes offline; others serve. */
public final class LogCorruptException extends IOException {
    public LogCorruptException(String message) {
        super(message);
    }
}
