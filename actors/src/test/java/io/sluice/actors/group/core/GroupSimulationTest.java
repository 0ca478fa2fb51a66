/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.core.Scene.Pending;
import io.sluice.log.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random clients join, leave, crash, come back, fall silent and commit, while coordinators fail over; a seed gives the same run again.
 * Checked after every step: one generation has one assignment, no commit of an old generation is accepted, and the log
 * brings back what the coordinator knows. In the end everybody who lives has a place in one stable generation.
 */
class GroupSimulationTest {
    private static final int STEPS = 150;
    private static final int ROUNDS_TO_SETTLE = 400;

    /** A consumer that follows the protocol. */
    private final class Bot {
        final Client client;
        final boolean responsive;
        Pending<Joined> join;
        Pending<Synced> sync;
        boolean assigned;
        boolean fenced;
        boolean askedOldCoordinator;

        Bot(Client client, boolean responsive) {
            this.client = client;
            this.responsive = responsive;
        }

        void poll() {
            if (fenced) {
                return;
            } else if (join != null) {
                afterJoin();
            } else if (sync != null) {
                afterSync();
            } else if (assigned) {
                on(client.heartbeat());
            } else {
                join = client.join();
            }
        }

        private void afterJoin() {
            if (!join.isThere()) {
                return;
            }
            Joined joined = join.get();
            join = null;
            if (joined.error() == ErrorCode.NONE) {
                client.took(joined);
                if (client.leads() && !joined.skipAssignment() && !askedOldCoordinator) {
                    checkGenerationIsNew(joined);
                }
                sync = client.sync();
            } else {
                on(joined.error());
            }
            askedOldCoordinator = false;
        }

        private void afterSync() {
            if (!sync.isThere()) {
                return;
            }
            Synced synced = sync.get();
            sync = null;
            on(synced.error());
            if (synced.error() == ErrorCode.NONE) {
                assigned = true;
                client.assignment = synced.assignment();
                String text = new String(synced.assignment().array(), StandardCharsets.UTF_8);
                assertThat(text)
                        .as("assignment of " + client.name + " in generation " + client.generation)
                        .endsWith("@" + client.generation);
                if (client.instanceId == null) {
                    assertThat(text).startsWith(client.memberId);
                }
            }
        }

        private void on(ErrorCode error) {
            switch (error) {
                case NONE -> {}
                case UNKNOWN_MEMBER_ID -> {
                    assertThat(responsive)
                            .as(client.name + " was always in time and lost its place all the same")
                            .isFalse();
                    client.memberId = "";
                    assigned = false;
                }
                case FENCED_INSTANCE_ID -> fenced = true;
                case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS, NOT_COORDINATOR -> assigned = false;
                default -> throw new AssertionError(client.name + " got " + error);
            }
        }
    }

    private Scene scene;
    private final List<Bot> bots = new ArrayList<>();
    private final Map<Integer, List<String>> membersOfGenerations = new HashMap<>();
    private int names;

    @Property(tries = 400, afterFailure = AfterFailureMode.SAMPLE_FIRST)
    void groupsSurviveEverything(@ForAll int seed, @ForAll @IntRange(min = 0, max = 1) int patient) {
        // Given
        begin(patient);
        Random random = new Random(seed);

        // When
        for (int step = 0; step < STEPS; step++) {
            disturb(random);
            checkLogMatches();
        }

        // Then
        settle(random);
        checkNothingLeaks();
    }

    @Property(tries = 200, afterFailure = AfterFailureMode.SAMPLE_FIRST)
    void whoIsAlwaysInTimeNeverLosesItsPlace(@ForAll int seed, @ForAll @IntRange(min = 0, max = 1) int patient) {
        // Given
        begin(patient);
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            bots.add(new Bot(scene.client("steady" + i), true));
        }

        // When
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(4) == 0) {
                Bot other = new Bot(scene.client("other" + names++), false);
                bots.add(other);
            } else if (random.nextInt(4) == 0 && bots.size() > 3) {
                Bot leaver = bots.remove(3 + random.nextInt(bots.size() - 3));
                if (random.nextBoolean() && !leaver.client.memberId.isEmpty()) {
                    leaver.client.leave();
                }
            }
            bots.stream().filter(bot -> !bot.responsive && random.nextBoolean()).forEach(Bot::poll);
            bots.stream().filter(bot -> bot.responsive).forEach(Bot::poll);
            scene.pass(random.nextInt(3_000));
        }

        // Then
        settle(random);
        checkNothingLeaks();
    }

    private void begin(int patient) {
        bots.clear();
        membersOfGenerations.clear();
        scene = new Scene(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(patient * 3_000));
    }

    private void disturb(Random random) {
        int what = random.nextInt(20);
        Bot bot = bots.isEmpty() ? null : bots.get(random.nextInt(bots.size()));
        if (bot == null || (what == 0 && bots.size() < 6)) {
            bots.add(new Bot(newClient(random), false));
        } else if (what == 1) {
            bots.remove(bot);
            if (!bot.client.memberId.isEmpty()) {
                bot.client.leave();
            }
        } else if (what == 2) {
            bots.remove(bot);
            if (random.nextBoolean()) {
                disconnect(bot);
            }
        } else if (what == 3 && bot.client.instanceId != null) {
            bots.add(new Bot(scene.staticClient(bot.client.name, bot.client.instanceId), false));
        } else if (what == 4) {
            scene.failOver();
            // a generation that was handed out and never assigned is not in the log: it is handed out again
            int known = scene.group() == null ? 0 : scene.group().generation;
            bots.forEach(each -> each.askedOldCoordinator = each.join != null);
            membersOfGenerations.keySet().removeIf(generation -> generation > known);
        } else if (what <= 7) {
            commit(bot, random);
        } else if (what <= 10) {
            scene.pass(random.nextInt(Scene.SESSION_MS * 2));
        } else {
            bot.poll();
        }
    }

    private void disconnect(Bot bot) {
        if (bot.join != null) {
            scene.disconnect(bot.join);
        } else if (bot.sync != null) {
            scene.disconnect(bot.sync);
        }
    }

    private Client newClient(Random random) {
        String name = "c" + names++;
        return random.nextInt(3) == 0 ? scene.staticClient(name, "instance-" + random.nextInt(3)) : scene.client(name);
    }

    private void commit(Bot bot, Random random) {
        Group group = scene.group();
        int generation = bot.client.generation - random.nextInt(2);
        boolean current = group != null && generation == group.generation && group.member(bot.client.memberId) != null;
        var committed = scene.ask(new Commit(
                Scene.GROUP,
                generation,
                bot.client.memberId,
                bot.client.instanceId,
                -1,
                true,
                List.of(new NewOffset("orders", Scene.TOPIC_ID, random.nextInt(4), random.nextInt(1_000), -1, ""))));
        if (!current && generation >= 0) {
            assertThat(committed.error())
                    .as("commit of generation " + generation)
                    .isNotEqualTo(ErrorCode.NONE);
        }
    }

    /** The leader of one generation assigns to the same members however often it asks. */
    private void checkGenerationIsNew(Joined joined) {
        List<String> members =
                joined.members().stream().map(JoinedMember::memberId).sorted().toList();
        List<String> before = membersOfGenerations.putIfAbsent(joined.generation(), members);
        if (before != null) {
            assertThat(members)
                    .as("members of generation " + joined.generation())
                    .isEqualTo(before);
        }
    }

    /** What a new coordinator would know is what this one knows, but for a rebalance that is under way. */
    private void checkLogMatches() {
        Group now = scene.group();
        Group later = scene.replayed().group(Scene.GROUP);
        if (now == null || (!now.persisted && now.offsets().isEmpty())) {
            assertThat(later).isNull();
            return;
        }
        if (later == null) {
            throw new AssertionError("the log has lost a group in state " + now.state());
        }
        assertThat(later.offsets()).isEqualTo(now.offsets());
        if (now.persisted && (now.is(GroupState.STABLE) || now.is(GroupState.EMPTY))) {
            assertThat(later.saved()).isEqualTo(now.saved());
            assertThat(later.state()).isEqualTo(now.state());
        }
    }

    /** From now on everybody behaves: all of them end up in one stable generation. */
    private void settle(Random random) {
        if (bots.isEmpty()) {
            bots.add(new Bot(scene.client("last"), false));
        }
        for (int round = 0; round < ROUNDS_TO_SETTLE; round++) {
            bots.forEach(Bot::poll);
            scene.pass(500 + random.nextInt(500));
            if (settled()) {
                return;
            }
        }
        throw new AssertionError(
                "not settled: " + scene.state() + " with " + scene.group().size() + " members");
    }

    private void checkNothingLeaks() {
        scene.shard.dispose(ErrorCode.NOT_COORDINATOR);
        assertThat(scene.metrics.memoryBytes().sum()).as("bytes of no group").isZero();
        for (GroupState state : GroupState.values()) {
            assertThat(scene.metrics.groups(state))
                    .as("groups that are " + state)
                    .isZero();
        }
    }

    private boolean settled() {
        List<Bot> living = bots.stream().filter(bot -> !bot.fenced).toList();
        if (living.isEmpty()) {
            return true;
        }
        Group group = scene.group();
        return group != null
                && group.is(GroupState.STABLE)
                && group.size() == living.size()
                && living.stream().allMatch(bot -> bot.assigned && bot.client.generation == group.generation);
    }
}
