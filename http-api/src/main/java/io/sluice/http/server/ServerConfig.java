/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.http.javadsl.settings.ServerSettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sluice.http.socket.SocketOptions;
import java.util.HashMap;
import java.util.Map;

/** Akka HTTP's settings of one server. */
final class ServerConfig {
    /** Connections beyond the limit that may be told so at one time; what comes beyond that waits in the kernel. */
    private static final int REFUSED_AT_ONCE = 256;

    private static final int BACKLOG = 1_024;

    private ServerConfig() {}

    /** @param system configuration of the actor system, for all that is not said here */
    static ServerSettings of(HttpLimits limits, SocketOptions sockets, Config system) {
        Map<String, Object> values = new HashMap<>();
        // What has become a WebSocket is a connection still.
        values.put("max-connections", (int) Math.min(
                Integer.MAX_VALUE, (long) limits.connectionsMax() + sockets.maxConnections() + REFUSED_AT_ONCE));
        values.put("backlog", BACKLOG);
        // Left to itself, Linux grows the buffer of a client that does not read to 4 MB.
        values.put(
                "socket-options.so-send-buffer-size",
                limits.sendBufferBytes() < 0 ? "undefined" : limits.sendBufferBytes());
        // Each endpoint has its own bound, and says what was not done in time; a long poll is no slow request.
        values.put("request-timeout", "infinite");
        values.put("server-header", "");
        values.put("transparent-head-requests", "off");
        values.put("parsing.max-uri-length", limits.uriBytesMax());
        values.put("parsing.max-header-value-length", limits.headerBytesMax());
        // Whoever reads a body says how large it may be.
        values.put("parsing.max-content-length", "infinite");
        values.put("parsing.error-handler", RefusedByParser.class.getName());
        // Anybody can send nonsense: it is answered, and not logged.
        values.put("parsing.error-logging-verbosity", "off");
        values.put("parsing.illegal-header-warnings", "off");
        return ServerSettings.create(
                ConfigFactory.parseMap(values).atPath("akka.http.server").withFallback(system));
    }
}
