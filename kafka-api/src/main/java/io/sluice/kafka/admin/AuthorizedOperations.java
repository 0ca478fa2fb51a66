/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

/**
 * The operations that a client may use (KIP-430), one bit each by the operation's number. Without authorisation these are all that there are.
 *
 * <pre>
 *  3 read  4 write  5 create  6 delete  7 alter  8 describe  9 cluster action
 * 10 describe configs  11 alter configs  12 idempotent write
 * </pre>
 */
final class AuthorizedOperations {
    /** Nobody asked. */
    static final int NOT_ASKED = Integer.MIN_VALUE;

    static final int TOPIC = bits(3, 4, 5, 6, 7, 8, 10, 11);
    static final int CLUSTER = bits(5, 7, 8, 9, 10, 11, 12);

    private AuthorizedOperations() {}

    private static int bits(int... operations) {
        int bits = 0;
        for (int operation : operations) {
            bits |= 1 << operation;
        }
        return bits;
    }
}
