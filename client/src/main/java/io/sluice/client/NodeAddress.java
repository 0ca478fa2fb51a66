/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Addresses of nodes, as people write them and as nodes send them. */
final class NodeAddress {
    private NodeAddress() {}

    /** What somebody has written. */
    static URI parse(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + address + "' is no address of a node: expected http://HOST:PORT (or https, ws, wss)", e);
        }
    }

    /**
     * The WebSocket of a node.
     *
     * @param node {@code http://HOST:PORT}, or the same with https, ws, wss
     * @param path of the WebSocket
     */
    static URI socket(URI node, String path) {
        String scheme = node.getScheme() == null ? "" : node.getScheme().toLowerCase(Locale.ROOT);
        String socketScheme =
                switch (scheme) {
                    case "http", "ws" -> "ws";
                    case "https", "wss" -> "wss";
                    default ->
                        throw new IllegalArgumentException("'" + node
                                + "' is no address of a node: expected http://HOST:PORT (or https, ws, wss)");
                };
        String above = node.getRawPath() == null ? "" : node.getRawPath();
        if (node.getHost() == null || !(above.isEmpty() || above.equals("/")) || node.getRawQuery() != null) {
            throw new IllegalArgumentException("'" + node + "' is no address of a node: expected http://HOST:PORT");
        }
        return URI.create(socketScheme + "://" + node.getRawAuthority() + path);
    }

    /** A node that names others may name where to subscribe: the same nodes, to produce. */
    static List<URI> producing(List<URI> sockets) {
        return sockets.stream().map(socket -> socket.resolve("/v1/produce")).toList();
    }

    /** Those of a bye that are addresses of WebSockets. */
    static List<URI> valid(List<String> sent) {
        List<URI> valid = new ArrayList<>();
        for (String address : sent) {
            try {
                URI uri = new URI(address);
                if ("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme())) {
                    valid.add(uri);
                }
            } catch (URISyntaxException e) {
                // one that can't be read is as good as none
            }
        }
        return valid;
    }
}
