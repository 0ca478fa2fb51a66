/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.io.IOException;

/** The bytes are not a whole, valid record batch; the message says which rule they break. */
public class CorruptBatchException extends IOException {
    public CorruptBatchException(String message) {
        super(message);
    }

    public CorruptBatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
