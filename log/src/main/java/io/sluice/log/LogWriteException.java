/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;

/**
 * A write failed (disk full, I/O error) and <b>nothing</b> of it stayed: what was prepared is forgotten, the file is cut back, the log is as it was
 * before and goes on. Appends may be tried again: with a full disk they succeed as soon as there is room. (Every other {@link IOException} from a
 * write means that the log must be closed and opened again.)
 */
public final class LogWriteException extends IOException {
    public LogWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
