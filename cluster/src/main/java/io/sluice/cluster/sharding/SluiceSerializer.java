/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.serialization.SerializerWithStringManifest;
import io.sluice.cluster.controller.RelayMessage;
import io.sluice.cluster.group.GroupMessage;
import io.sluice.cluster.membership.DoorMessage;
import io.sluice.cluster.membership.GoneVotes;
import io.sluice.cluster.membership.RouterCodec;
import io.sluice.cluster.membership.RouterMessage;
import io.sluice.cluster.membership.SaidOnce;
import io.sluice.cluster.membership.SnapshotMessage;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few messages that travel between nodes, by hand: the manifest names message and version, the bytes are the fields.
 *
 * <pre>
 *   manifest   message                   bytes
 *   S1         ClaimCommand.Start    entity id, UTF-8
 *   R1 to P1   RouterMessage             see RouterCodec
 *   K1 to K4   DoorMessage               see there
 *   V1         GoneVotes                 see there
 *   Q1, A1     RelayMessage              see RelayMessage
 *   F1, F2     SnapshotMessage           see SnapshotMessage
 *   G1 to G3   GroupMessage              see GroupMessage
 * </pre>
 *
 * <p>A manifest that is not known here is refused, as Akka expects while nodes of two versions run side by side: Akka drops the message. A line in the
 * log tells of the first of each kind ({@code akka.remote.artery.Deserializer}, which tells of every one, is silenced).
 */
public final class SluiceSerializer extends SerializerWithStringManifest {
    /** Akka keeps 0 to 40 for itself. */
    private static final int IDENTIFIER = 5_714_001;

    private static final String START = "S1";
    private static final Logger LOG = LoggerFactory.getLogger(SluiceSerializer.class);

    private final SaidOnce unknown = new SaidOnce();

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        if (message instanceof RouterMessage routed) {
            return RouterCodec.manifest(routed);
        } else if (message instanceof RelayMessage relayed) {
            return RelayMessage.manifest(relayed);
        } else if (message instanceof DoorMessage door) {
            return DoorMessage.manifest(door);
        } else if (message instanceof GoneVotes) {
            return GoneVotes.MANIFEST;
        } else if (message instanceof SnapshotMessage snapshot) {
            return SnapshotMessage.manifest(snapshot);
        } else if (message instanceof GroupMessage group) {
            return GroupMessage.manifest(group);
        }
        if (message instanceof ClaimCommand.Start) {
            return START;
        }
        throw new IllegalArgumentException(
                "no remote form of " + message.getClass().getName());
    }

    @Override
    public byte[] toBinary(Object message) {
        if (message instanceof RouterMessage routed) {
            return RouterCodec.encode(routed);
        } else if (message instanceof RelayMessage relayed) {
            return RelayMessage.encode(relayed);
        } else if (message instanceof DoorMessage door) {
            return DoorMessage.encode(door);
        } else if (message instanceof GoneVotes votes) {
            return GoneVotes.encode(votes);
        } else if (message instanceof SnapshotMessage snapshot) {
            return SnapshotMessage.encode(snapshot);
        } else if (message instanceof GroupMessage group) {
            return GroupMessage.encode(group);
        }
        if (message instanceof ClaimCommand.Start start) {
            return start.entityId().getBytes(StandardCharsets.UTF_8);
        }
        throw new IllegalArgumentException(
                "no remote form of " + message.getClass().getName());
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try {
            if (RouterCodec.MANIFESTS.contains(manifest)) {
                return RouterCodec.decode(manifest, bytes);
            } else if (RelayMessage.MANIFESTS.contains(manifest)) {
                return RelayMessage.decode(manifest, bytes);
            } else if (DoorMessage.MANIFESTS.contains(manifest)) {
                return DoorMessage.decode(manifest, bytes);
            } else if (manifest.equals(GoneVotes.MANIFEST)) {
                return GoneVotes.decode(bytes);
            } else if (SnapshotMessage.MANIFESTS.contains(manifest)) {
                return SnapshotMessage.decode(manifest, bytes);
            } else if (GroupMessage.MANIFESTS.contains(manifest)) {
                return GroupMessage.decode(manifest, bytes);
            }
        } catch (IllegalArgumentException garbage) {
            throw new NotSerializableException(garbage.getMessage());
        }
        if (manifest.equals(START)) {
            return new ClaimCommand.Start(new String(bytes, StandardCharsets.UTF_8));
        }
        if (unknown.first(manifest)) {
            LOG.warn(
                    "messages {} of another node are not known to this program and are dropped: is it of another version?",
                    manifest);
        }
        throw new NotSerializableException("unknown manifest " + manifest);
    }
}
