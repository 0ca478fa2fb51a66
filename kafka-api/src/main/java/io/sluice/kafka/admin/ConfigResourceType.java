/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

/** What has a configuration, by its number on the wire. */
final class ConfigResourceType {
    static final byte TOPIC = 2;
    static final byte BROKER = 4;
    static final byte BROKER_LOGGER = 8;
    static final byte CLIENT_METRICS = 16;
    static final byte GROUP = 32;

    private ConfigResourceType() {}
}
