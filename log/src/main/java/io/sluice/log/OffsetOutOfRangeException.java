/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;

/** The offset asked for is below the log start offset or beyond what the reader may see. */
public final class OffsetOutOfRangeException extends IOException {
    public OffsetOutOfRangeException(String message) {
        super(message);
    }
}
