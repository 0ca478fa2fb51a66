/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.buffer.ByteBuf;
import io.sluice.cluster.Node.Leadership;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.wire.WireWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * The new leaders that a Produce or Fetch response names, so that a client need not ask for metadata first (KIP-951). On the
 * wire each is a tagged field of its partition, and their addresses are tagged field 0 of the response:
 *
 * <pre>
 *  partition:  tag | size | int32 leader id | int32 leader epoch | 0x00
 *  response:   0x00 | size | count + 1 | { int32 node id | compact string host | int32 port | compact string rack | 0x00 } ...
 * </pre>
 */
public final class CurrentLeaders {
    /** Value of the tagged field of a partition: two int32 and an empty tag section. */
    private static final int LEADER_BYTES = 4 + 4 + 1;

    private final HandlerServices services;
    private final RequestContext context;
    private Map<Integer, Endpoint> endpoints = Map.of();

    public CurrentLeaders(HandlerServices services, RequestContext context) {
        this.services = services;
        this.context = context;
    }

    private record Endpoint(String host, int port, String rack) {
        int size() {
            return 4 + WireWriter.sizeOfString(host, true) + 4 + WireWriter.sizeOfString(rack, true) + 1;
        }
    }

    /** Remembers the leader's address, if it is known; the leader is named either way. */
    public void add(Leadership leader) {
        var broker = services.node().metadata().brokers().get(leader.brokerId());
        if (broker != null) {
            HostPort address = services.advertised().of(broker, context);
            if (endpoints.isEmpty()) {
                endpoints = new TreeMap<>();
            }
            endpoints.put(broker.id(), new Endpoint(address.host(), address.port(), broker.rack()));
        }
    }

    /** Bytes of the tagged field of a partition, with its tag and size. */
    public static int leaderFieldSize() {
        return 2 + LEADER_BYTES;
    }

    public static void writeLeaderField(ByteBuf out, int tag, Leadership leader) {
        out.writeByte(tag);
        out.writeByte(LEADER_BYTES);
        out.writeInt(leader.brokerId());
        out.writeInt(leader.leaderEpoch());
        out.writeByte(0);
    }

    /** Bytes of the response's whole tag section. */
    public int tagSectionSize() {
        if (endpoints.isEmpty()) {
            return 1;
        }
        int value = valueSize();
        return 2 + WireWriter.sizeOfUnsignedVarint(value) + value;
    }

    private int valueSize() {
        int size = WireWriter.sizeOfUnsignedVarint(endpoints.size() + 1);
        for (Endpoint endpoint : endpoints.values()) {
            size += endpoint.size();
        }
        return size;
    }

    public void writeTagSection(ByteBuf out) {
        if (endpoints.isEmpty()) {
            out.writeByte(0);
            return;
        }
        out.writeByte(1);
        out.writeByte(0);
        WireWriter.writeUnsignedVarint(out, valueSize());
        WireWriter.writeUnsignedVarint(out, endpoints.size() + 1);
        endpoints.forEach((id, endpoint) -> {
            out.writeInt(id);
            WireWriter.writeString(out, endpoint.host(), true);
            out.writeInt(endpoint.port());
            WireWriter.writeString(out, endpoint.rack(), true);
            out.writeByte(0);
        });
    }
}
