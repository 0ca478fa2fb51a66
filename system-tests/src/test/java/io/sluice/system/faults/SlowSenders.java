/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many connections, each in the middle of the largest Produce request that is allowed, each sending a little now and then.
 * One thread drives them all. They never finish.
 */
final class SlowSenders implements AutoCloseable {
    private static final short PRODUCE = 0;
    private static final short VERSION = 9;
    private static final int ROUND_MS = 100;
    private static final int SEND_BUFFER = 64 * 1024;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final Selector selector;
    private final ByteBuffer chunk;
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "slow-senders");

    /** @param chunkBytes what each sends at most in a tenth of a second */
    SlowSenders(InetSocketAddress broker, int connections, int requestBytes, int chunkBytes) throws IOException {
        this.selector = Selector.open();
        this.chunk = ByteBuffer.allocateDirect(chunkBytes);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open();
            channels.add(channel);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.connect(broker);
            channel.write(beginning(requestBytes, i));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_WRITE);
            open.incrementAndGet();
        }
    }

    void start() {
        thread.start();
    }

    /** Connections that the broker has not closed. */
    int open() {
        return open.get();
    }

    /** What all of them have sent so far. */
    long sentBytes() {
        return sentBytes.get();
    }

    /** Size, header and the first fields of a Produce request; the body never gets complete. */
    private static ByteBuffer beginning(int requestBytes, int correlationId) {
        byte[] clientId = "slow".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer b = ByteBuffer.allocate(64);
        b.putInt(requestBytes);
        b.putShort(PRODUCE).putShort(VERSION).putInt(correlationId);
        b.putShort((short) clientId.length).put(clientId);
        b.put((byte) 0); // no tagged fields
        b.put((byte) 0); // no transactional id
        b.putShort((short) -1).putInt(30_000); // acks=all, timeout
        return b.flip();
    }

    private void run() {
        try {
            while (!closing.get()) {
                selector.selectNow();
                for (SelectionKey key : selector.selectedKeys()) {
                    send(key);
                }
                selector.selectedKeys().clear();
                LockSupport.parkNanos(ROUND_MS * 1_000_000L);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void send(SelectionKey key) throws IOException {
        try {
            chunk.clear();
            sentBytes.addAndGet(((SocketChannel) key.channel()).write(chunk));
        } catch (IOException e) { // the broker closed it
            key.cancel();
            key.channel().close();
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        closing.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
