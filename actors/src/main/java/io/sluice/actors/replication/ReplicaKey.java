/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.UUID;

/** A partition of one incarnation of a topic. */
public record ReplicaKey(UUID topicId, int partition) {}
