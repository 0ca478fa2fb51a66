/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

/** How much has happened in runs: a simulation in which nothing does proves nothing. */
final class Census {
    long steps;
    long campaigns;
    long terms;
    long records;
    long admissions;
    long setChanges;
    long cuts;
    long catchUps;
    long uncleanElections;
    long takeOvers;
    long confirmations;

    @Override
    public String toString() {
        return String.format(
                "%,d steps, %,d candidacies, %,d terms (%,d after catching up, %,d unclean), %,d records committed, %,d logs cut, %,d replicas re-admitted, %,d changes of the set, %,d take-overs, %,d epochs confirmed",
                steps,
                campaigns,
                terms,
                catchUps,
                uncleanElections,
                records,
                cuts,
                admissions,
                setChanges,
                takeOvers,
                confirmations);
    }
}
