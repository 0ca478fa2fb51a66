/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.GroupEvent;
import io.sluice.actors.group.record.GroupEvent.GroupRemoved;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.actors.group.record.GroupEvent.OffsetCommitted;
import io.sluice.actors.group.record.GroupEvent.OffsetRemoved;
import io.sluice.actors.group.record.SavedGroup;
import io.sluice.actors.group.record.SavedGroup.SavedMember;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Applies events from the log to groups that nobody uses yet. The last event of a key counts, so a compacted log brings back the same. */
final class Replay {
    private final Map<String, Group> groups;
    private final Sessions sessions;
    private final Function<String, Group> newGroup;

    Replay(Map<String, Group> groups, Sessions sessions, Function<String, Group> newGroup) {
        this.groups = groups;
        this.sessions = sessions;
        this.newGroup = newGroup;
    }

    void apply(GroupEvent event) {
        if (event instanceof OffsetCommitted committed) {
            group(event.groupId()).putOffset(committed.partition(), committed.offset());
        } else if (event instanceof GroupSaved saved) {
            restore(group(event.groupId()), saved.group());
        } else {
            remove(event);
        }
    }

    private Group group(String groupId) {
        Group group = groups.get(groupId);
        return group == null ? newGroup.apply(groupId) : group;
    }

    private void remove(GroupEvent event) {
        Group group = groups.get(event.groupId());
        if (group == null) {
            return;
        }
        if (event instanceof OffsetRemoved removed) {
            group.removeOffset(removed.partition());
        } else if (event instanceof GroupRemoved) {
            clear(group);
            group.protocolType = "";
            group.generation = 0;
            group.persisted = false;
        }
        if (!group.persisted && group.offsets().isEmpty()) {
            groups.remove(group.id);
            group.dispose();
        }
    }

    private static void clear(Group group) {
        for (Member member : List.copyOf(group.members())) {
            group.remove(member);
        }
        group.leader = null;
        group.protocol = null;
        group.restore(GroupState.EMPTY, -1);
    }

    private void restore(Group group, SavedGroup saved) {
        clear(group);
        group.persisted = true;
        group.protocolType = saved.protocolType();
        group.generation = saved.generation();
        group.protocol = saved.protocol();
        for (SavedMember savedMember : saved.members()) {
            Member member = new Member(savedMember, saved.protocol());
            sessions.attach(group, member);
            group.add(member);
        }
        if (group.size() > 0) {
            group.leader = saved.leader();
        }
        group.restore(group.size() == 0 ? GroupState.EMPTY : GroupState.STABLE, saved.stateTimeMs());
    }
}
