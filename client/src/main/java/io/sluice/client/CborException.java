/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** Bytes that are no frame. */
final class CborException extends Exception {
    private static final long serialVersionUID = 1L;

    CborException(String message) {
        super(message, null, false, false);
    }
}
