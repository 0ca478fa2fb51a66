/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

/** Who asks for an append: decides which checks apply. */
public enum AppendOrigin {
    /** A producer: every check applies, control batches are refused. */
    CLIENT,
    /** A coordinator or the controller of this broker: trusted, its batches may be control batches. */
    COORDINATOR,
    /** A leader's log: offsets and epochs are kept as they are. */
    REPLICATION
}
