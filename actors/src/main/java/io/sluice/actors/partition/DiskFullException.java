/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.io.IOException;

/** There is no room on the disk; the log is as it was before. */
public final class DiskFullException extends IOException {
    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
