/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.actors.SluiceSerializable;
import io.sluice.cluster.metadata.ByteReader;
import io.sluice.cluster.metadata.ByteWriter;
import io.sluice.cluster.metadata.MetadataFormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * What a node that wants to get into a cluster and those that it asks say to each other. Their binary form, by manifest, with the field types
 * of the metadata's records:
 *
 * <pre>
 *   K1 Knock    i32 from, string host, i32 port, string? clusterId, list of i32 voters
 *   K2 Opened   i32 from, string host, i32 port
 *   K3 Waits    i32 from, string host, i32 port, i32 supports
 *   K4 Refused  i32 from, string why
 * </pre>
 */
public sealed interface DoorMessage extends ClusterDoor.Command, SluiceSerializable {
    /** Every manifest that {@link #decode} knows. */
    Set<String> MANIFESTS = Set.of("K1", "K2", "K3", "K4");

    /** The sender's broker. */
    int from();

    /**
     * A node would like to get in.
     *
     * @param host where the sender is
     * @param clusterId of its data; null if it has none yet
     * @param voters in the sender's configuration
     */
    record Knock(int from, String host, int port, String clusterId, List<Integer> voters) implements DoorMessage {}

    /** The sender is in a cluster: join it there. */
    record Opened(int from, String host, int port) implements DoorMessage {}

    /**
     * The asker is to wait.
     *
     * @param supports the voter that may begin the cluster as far as the sender is concerned; -1 if it has not decided, {@link #A_CLUSTER} if
     *     there is one, which the asker will get into later or be refused by
     */
    record Waits(int from, String host, int port, int supports) implements DoorMessage {
        static final int A_CLUSTER = -2;
    }

    /** The sender's cluster is none for the asker. */
    record Refused(int from, String why) implements DoorMessage {}

    static String manifest(DoorMessage message) {
        if (message instanceof Knock) {
            return "K1";
        } else if (message instanceof Opened) {
            return "K2";
        }
        return message instanceof Waits ? "K3" : "K4";
    }

    static byte[] encode(DoorMessage message) {
        ByteWriter out = new ByteWriter().i32(message.from());
        if (message instanceof Knock knock) {
            out.string(knock.host()).i32(knock.port()).string(knock.clusterId()).i32List(knock.voters());
        } else if (message instanceof Opened opened) {
            out.string(opened.host()).i32(opened.port());
        } else if (message instanceof Waits waits) {
            out.string(waits.host()).i32(waits.port()).i32(waits.supports());
        } else if (message instanceof Refused refused) {
            out.string(refused.why());
        }
        return out.toBytes();
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    static DoorMessage decode(String manifest, byte[] bytes) {
        try {
            ByteReader in = new ByteReader(ByteBuffer.wrap(bytes));
            int from = in.i32();
            return switch (manifest) {
                case "K1" -> new Knock(from, in.string(), in.i32(), in.string(), in.i32List());
                case "K2" -> new Opened(from, in.string(), in.i32());
                case "K3" -> new Waits(from, in.string(), in.i32(), in.i32());
                case "K4" -> new Refused(from, in.string());
                default -> throw new IllegalArgumentException("unknown manifest " + manifest);
            };
        } catch (BufferUnderflowException | MetadataFormatException torn) {
            throw new IllegalArgumentException(
                    "a message " + manifest + " of " + bytes.length + " bytes can't be read", torn);
        }
    }
}
