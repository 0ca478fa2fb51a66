/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** The messages that a replica treats alike whatever it is doing: a higher epoch always counts. */
final class Voting {
    private final Replica replica;

    Voting(Replica replica) {
        this.replica = replica;
    }

    /** Promises, if that is higher than all before. The promise leaves once it is on disk. */
    void onPrepare(int from, ReplicaMessage.Prepare prepare) {
        ReplicaState state = replica.state();
        if (replica.role() instanceof WaitingRole waiting && waiting.hasPromised(from, prepare)) {
            replica.whenDurable(() -> promise(from, prepare, waiting));
        } else if (prepare.epoch() <= state.promised()
                || !replica.rules.mayHelp(prepare.setVersion(), state.setVersion())) {
            replica.refuse(from);
        } else {
            replica.stepDown(prepare.epoch());
            WaitingRole waiting = new WaitingRole(replica, from, prepare);
            replica.become(waiting);
            replica.persist(
                    state.withPromise(prepare.epoch(), prepare.setVersion()), () -> promise(from, prepare, waiting));
        }
    }

    private void promise(int candidate, ReplicaMessage.Prepare prepare, WaitingRole waiting) {
        if (replica.role() == waiting) {
            replica.send(
                    candidate,
                    new ReplicaMessage.Promise(
                            prepare.epoch(),
                            prepare.number(),
                            replica.session,
                            replica.state().synced(),
                            replica.log.endOffset(),
                            replica.isSuspect()));
        }
    }

    /** Somebody has won an epoch: follows, unless a higher one is promised. */
    void onLeading(int from, ReplicaMessage.Leading leading) {
        if (leading.epoch() < replica.state().promised()) {
            replica.refuse(from);
        } else if (replica.role() instanceof FollowerRole follower && follower.epoch() == leading.epoch()) {
            follower.retry();
        } else if (leading.epoch() > replica.state().promised()
                || !replica.role().isActive()) {
            if (replica.role().isActive()) {
                replica.stepDown(leading.epoch());
            }
            replica.become(new FollowerRole(replica, from, leading));
        }
    }

    /** Says that an epoch stands, and helps no older set of replicas from now on. */
    void onConfirm(int from, ReplicaMessage.Confirm confirm) {
        ReplicaState state = replica.state();
        if (confirm.epoch() < state.promised() || !replica.rules.mayHelp(confirm.setVersion(), state.setVersion())) {
            replica.refuse(from);
            return;
        }
        if (confirm.epoch() > state.promised()) {
            replica.stepDown(confirm.epoch());
        }
        replica.persist(state.withPromise(confirm.epoch(), confirm.setVersion()), () -> confirmed(from, confirm));
    }

    private void confirmed(int from, ReplicaMessage.Confirm confirm) {
        if (replica.state().promised() == confirm.epoch()) {
            replica.send(
                    from,
                    new ReplicaMessage.Confirmed(
                            confirm.epoch(),
                            confirm.number(),
                            replica.session,
                            confirm.setVersion(),
                            replica.isSuspect()));
        }
    }
}
