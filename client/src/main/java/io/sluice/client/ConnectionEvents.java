/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

/** What a connection tells a core, on the core's thread, about the connection that the core asked for last. */
interface ConnectionEvents {
    void onOpened();

    void onFrame(ServerFrame frame);

    /** Another try might do. */
    void onLost(String reason);

    /** Another try would end the same. */
    void onRefused(String code, String message);

    /** The wait that the core asked for is over ({@link ConnectionOutput#retryAfter}). */
    void onRetryDue();
}
