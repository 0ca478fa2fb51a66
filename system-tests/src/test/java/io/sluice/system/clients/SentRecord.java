/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that a client is told to send. Its value is unique within a test, so that it can be found again.
 *
 * @param sequence position in the order of sending, over all records of the test
 * @param timestampMs create time; only clients with {@link Trait#OWN_TIMESTAMP} can set it
 */
record SentRecord(
        int sequence, @Nullable String key, @Nullable String value, long timestampMs, Map<String, String> headers) {}
