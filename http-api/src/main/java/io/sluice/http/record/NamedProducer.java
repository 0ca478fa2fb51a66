/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.producer.ProducerStates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A producer that chose its own name and numbers its records, so that a request that is sent again after its answer was lost does not double them. The name
 * becomes a producer id that is the same on every node, without anybody being asked; what the id has written is remembered by each partition's log, which is
 * where a retry arrives wherever it was sent.
 *
 * <pre>
 *   producer id     2^62 + the first 62 bits of SHA-256("sluice producer " + name)
 *   base sequence   (sequence + place of the first record) mod 2^31
 * </pre>
 *
 * @param sequence number of the first record of the request; the others follow, whatever their partitions
 */
public record NamedProducer(String name, long sequence) {
    /** The largest number that JavaScript counts exactly to. */
    public static final long SEQUENCE_MAX = (1L << 53) - 1;

    static final short EPOCH = 0;

    private static final int NAME_MAX = 200;
    private static final String DOMAIN = "sluice producer ";

    /** @throws io.sluice.http.route.ProblemException if the name is empty or too long, or the number out of range */
    public NamedProducer {
        if (name.isEmpty() || name.length() > NAME_MAX) {
            throw Problem.of(
                            ProblemKind.BAD_PARAMETER,
                            "The name of a producer must have 1 to " + NAME_MAX + " characters, not " + name.length()
                                    + ".")
                    .asException();
        }
        if (sequence < 0 || sequence > SEQUENCE_MAX) {
            throw Problem.of(
                            ProblemKind.BAD_PARAMETER,
                            "The sequence of a producer must be a whole number from 0 to " + SEQUENCE_MAX + ", not "
                                    + sequence + ".")
                    .asException();
        }
    }

    /** As partitions know it. */
    long id() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((DOMAIN + name).getBytes(StandardCharsets.UTF_8));
            return ProducerStates.FIRST_NAMED_ID | ByteBuffer.wrap(hash).getLong() >>> 2;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** The sequence of a record, as partitions count. */
    int sequenceAt(int place) {
        return (int) ((sequence + place) & Integer.MAX_VALUE);
    }

    /** Where its records go that have no key and name no partition: always to the same one, also when they are sent again. */
    int keyless(int partitions) {
        return Math.floorMod(id(), partitions);
    }
}
