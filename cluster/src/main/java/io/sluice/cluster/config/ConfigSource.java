/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

/** Where a value comes from, with the number that DescribeConfigs gives it; the nearer source wins. */
public enum ConfigSource {
    TOPIC(1),
    DYNAMIC_BROKER(2),
    DYNAMIC_DEFAULT_BROKER(3),
    STATIC_BROKER(4),
    DEFAULT(5),
    DYNAMIC_BROKER_LOGGER(6);

    private final byte code;

    ConfigSource(int code) {
        this.code = (byte) code;
    }

    /** The number on the wire. */
    public byte code() {
        return code;
    }
}
