/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

/**
 * A record knows the one before it (null if that was deleted where it was written), so that two logs which end with the same record are the same.
 * Compared by identity.
 */
final class SimulatedRecord {
    final int epoch;
    final long offset;
    final SimulatedRecord before;

    SimulatedRecord(int epoch, long offset, SimulatedRecord before) {
        this.epoch = epoch;
        this.offset = offset;
        this.before = before;
    }

    /** The record at an offset not after this one, in the log that ends with this one; null if it is not known any more. */
    SimulatedRecord at(long wanted) {
        SimulatedRecord record = this;
        while (record != null && record.offset > wanted) {
            record = record.before;
        }
        return record;
    }

    @Override
    public String toString() {
        return offset + "/e" + epoch;
    }
}
