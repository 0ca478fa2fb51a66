/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

/** Topics that the broker makes for itself, on first use. */
public enum InternalTopic {
    CONSUMER_OFFSETS("__consumer_offsets");

    private final String topic;

    InternalTopic(String topic) {
        this.topic = topic;
    }

    public String topic() {
        return topic;
    }
}
