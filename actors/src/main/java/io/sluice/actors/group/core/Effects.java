/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.record.GroupEvent;
import java.util.List;

/** What the core wants done: events to persist, in order, and answers to give as they are committed. */
public record Effects(List<GroupEvent> events, List<Answer<?>> answers) {
    public boolean isEmpty() {
        return events.isEmpty() && answers.isEmpty();
    }
}
