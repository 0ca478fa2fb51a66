/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;

/**
 * Whether the other end of a connection is still there, asked of the kernel. For connections that are not read: there the end
 * of the stream would be seen only behind all that the client has sent.
 */
final class PeerState {
    /** TCP_ESTABLISHED of Linux' {@code netinet/tcp.h}. */
    private static final int ESTABLISHED = 1;

    private PeerState() {}

    /**
     * Whether the peer has closed the connection, or its sending half, or has reset it. One system call. Without epoll it is not
     * known, and the answer is false.
     */
    static boolean isGone(Channel channel) {
        if (!(channel instanceof EpollSocketChannel socket)) {
            return false;
        }
        try {
            return socket.tcpInfo(new EpollTcpInfo()).state() != ESTABLISHED;
        } catch (ChannelException e) {
            // The socket itself is closed.
            return true;
        }
    }
}
