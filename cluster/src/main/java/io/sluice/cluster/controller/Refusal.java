/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.log.ErrorCode;

/** Why one topic of a request can't be done; never leaves this package. */
final class Refusal extends Exception {
    private final ErrorCode error;

    Refusal(ErrorCode error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    ErrorCode error() {
        return error;
    }
}
