/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** Plausible mistakes in the rules of replication. The simulation must find each. */
public enum Mistake {
    /** None: the rules as they are. */
    NONE(new ReplicaRules()),

    COUNTS_A_FOLLOWER_BEFORE_IT_IS_SYNCED(new ReplicaRules() {
        @Override
        boolean acknowledges(ReplicaMessage.Fetch fetch, long epochStart) {
            return !fetch.suspect();
        }
    }),

    /** What a replica has promised is gone after a restart, though it is trusted. */
    FORGETS_PROMISES(new ReplicaRules()) {
        @Override
        public ReplicaState remembered(ReplicaState onDisk) {
            return new ReplicaState(
                    onDisk.synced(), onDisk.synced(), onDisk.setVersion(), onDisk.directory(), onDisk.boot());
        }
    },

    ELECTS_THE_LONGEST_LOG(new ReplicaRules() {
        @Override
        boolean isAhead(ReplicaMessage.Promise one, ReplicaMessage.Promise other) {
            return one.logEnd() > other.logEnd();
        }
    }),

    TRUSTS_A_WIPED_DISK(new ReplicaRules() {
        @Override
        boolean trusts(ReplicaOrigin origin, ReplicaState remembered, boolean logIsEmpty) {
            return remembered.isBlank() || super.trusts(origin, remembered, logIsEmpty);
        }
    }),

    TRUSTS_A_TORN_TAIL(new ReplicaRules() {
        @Override
        boolean trusts(ReplicaOrigin origin, ReplicaState remembered, boolean logIsEmpty) {
            return !remembered.isBlank() || super.trusts(origin, remembered, logIsEmpty);
        }
    }),

    COMMITS_AT_A_MINORITY(new ReplicaRules() {
        @Override
        int commitQuorum(ReplicaSet set, int minInsyncReplicas) {
            return Math.max(1, set.majority() - 1);
        }
    }),

    TRUNCATES_TO_THE_HIGH_WATERMARK(new ReplicaRules() {
        @Override
        long keptOnFollowing(long logEnd, long highWatermark) {
            return Math.min(logEnd, highWatermark);
        }
    }),

    TAKES_LATE_ANSWERS(new ReplicaRules() {
        @Override
        boolean isAnswerTo(long outstanding, long number) {
            return true;
        }
    }),

    IS_SYNCED_BEFORE_THE_START_OF_THE_EPOCH(new ReplicaRules() {
        @Override
        boolean isSynced(long logEnd, long epochStart) {
            return true;
        }
    }),

    COUNTS_PROMISES_OF_SUSPECTS(new ReplicaRules() {
        @Override
        boolean promiseCounts(ReplicaMessage.Promise promise) {
            return true;
        }
    }),

    DOES_NOT_CONFIRM_PROMISES(new ReplicaRules() {
        @Override
        boolean confirmsPromises(int voters) {
            return false;
        }
    }),

    READMITS_WITHOUT_ASKING_THE_OTHERS(new ReplicaRules() {
        @Override
        boolean stands(ReplicaSet set, int trusted, int all) {
            return true;
        }
    }),

    HELPS_OLDER_SETS(new ReplicaRules() {
        @Override
        boolean mayHelp(int setVersion, int actedOn) {
            return true;
        }
    }),

    CHANGES_THE_SET_TWICE_AT_ONCE(new ReplicaRules() {
        @Override
        boolean mayChangeSet(boolean presentOneInForce) {
            return true;
        }
    });

    /** Rules have no state. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final ReplicaRules rules;

    Mistake(ReplicaRules rules) {
        this.rules = rules;
    }

    /** What a replica finds in its store when it starts. */
    public ReplicaState remembered(ReplicaState onDisk) {
        return onDisk;
    }

    /** A replica that makes the mistake. */
    public ReplicaCore core(ReplicaCore.Identity identity, ReplicaState remembered, ReplicaLog log) {
        return new ReplicaCore(identity, remembered, log, rules);
    }
}
