/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.Bytes;
import java.util.List;

/**
 * A group, as it is kept.
 *
 * @param protocolType empty if it never had members
 * @param protocol the assignor; null without members
 * @param leader member id; null without members
 * @param stateTimeMs when it came into its state, -1 if unknown
 */
public record SavedGroup(
        String protocolType,
        int generation,
        String protocol,
        String leader,
        long stateTimeMs,
        List<SavedMember> members) {

    /**
     * A member, as it is kept.
     *
     * @param instanceId null for a dynamic member
     * @param subscription for the group's protocol only
     */
    public record SavedMember(
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            Bytes subscription,
            Bytes assignment) {}
}
