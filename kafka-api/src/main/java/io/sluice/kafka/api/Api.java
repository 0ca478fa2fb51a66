/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import org.apache.kafka.common.message.ApiMessageType;

/** One API of the protocol: its number and the versions that this broker speaks. */
public sealed interface Api permits ApiHandler, FrameHandler {
    short apiKey();

    /** The oldest version that is served; by default the oldest that the message classes know. */
    default short minVersion() {
        return ApiMessageType.fromApiKey(apiKey()).lowestSupportedVersion();
    }

    /** The newest version that is served; by default the newest stable one that the message classes know. */
    default short maxVersion() {
        return ApiMessageType.fromApiKey(apiKey()).highestSupportedVersion(false);
    }

    /** Version of the request's header: 1, or 2 with tagged fields. */
    default short requestHeaderVersion(short version) {
        return ApiMessageType.fromApiKey(apiKey()).requestHeaderVersion(version);
    }

    /** Whether ApiVersions names it: false for what brokers have among themselves, which is not Kafka's. */
    default boolean isAdvertised() {
        return true;
    }

    /** The oldest version that ApiVersions names: older than what is served where a client insists on seeing it. */
    default short advertisedMinVersion() {
        return minVersion();
    }
}
