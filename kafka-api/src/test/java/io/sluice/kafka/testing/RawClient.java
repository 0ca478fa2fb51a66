/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** A client of the protocol over one plain socket: sends what it is told and reads what comes, in order. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int nextCorrelationId = 1;

    public RawClient(InetSocketAddress address) throws IOException {
        socket = new Socket();
        socket.connect(address, 5_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    public Socket socket() {
        return socket;
    }

    /** One request with its length, as it goes over the wire. */
    public static ByteBuffer frame(ApiMessage request, short version, int correlationId, String clientId) {
        short headerVersion = ApiMessageType.fromApiKey(request.apiKey()).requestHeaderVersion(version);
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        ByteBuffer headerBytes =
                MessageUtil.toByteBufferAccessor(header, headerVersion).buffer();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = request.size(cache, version);
        ByteBuffer body = ByteBuffer.allocate(size);
        request.write(new ByteBufferAccessor(body), cache, version);
        body.flip();
        ByteBuffer frame = ByteBuffer.allocate(4 + headerBytes.remaining() + body.remaining());
        return frame.putInt(headerBytes.remaining() + body.remaining())
                .put(headerBytes)
                .put(body)
                .flip();
    }

    /** Sends without waiting for the answer; gives the correlation id. */
    public int send(ApiMessage request, short version) throws IOException {
        int id = nextCorrelationId++;
        sendBytes(frame(request, version, id, "raw"));
        return id;
    }

    public void sendBytes(ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        out.flush();
    }

    /** The next response's bytes after its length. */
    public ByteBuffer receiveBytes() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** The next response, which must be of this API and have this correlation id. */
    public <R extends ApiMessage> R receive(R response, short version, int correlationId) throws IOException {
        ByteBufferAccessor bytes = new ByteBufferAccessor(receiveBytes());
        short headerVersion = ApiMessageType.fromApiKey(response.apiKey()).responseHeaderVersion(version);
        ResponseHeaderData header = new ResponseHeaderData(bytes, headerVersion);
        if (header.correlationId() != correlationId) {
            throw new AssertionError("answer to " + header.correlationId() + " where " + correlationId + " was due");
        }
        response.read(bytes, version);
        if (bytes.remaining() != 0) {
            throw new AssertionError(bytes.remaining() + " bytes left over in " + response);
        }
        return response;
    }

    public <R extends ApiMessage> R call(ApiMessage request, R response, short version) throws IOException {
        return receive(response, version, send(request, version));
    }

    /** Whether the broker closes this connection (within the socket's time-out) without another byte. */
    public boolean isClosedByBroker() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
