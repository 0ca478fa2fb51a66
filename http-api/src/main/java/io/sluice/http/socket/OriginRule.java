/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Which pages may open a socket. A browser sends cookies and the like with a WebSocket to any host, and the handshake is not held back by CORS, so that the
 * server has to look at {@code Origin} itself. Who sends none is no browser.
 */
final class OriginRule {
    private static final String ALL = "*";

    private final Set<String> allowed;

    OriginRule(Set<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * @param origin the header; null if there is none
     * @param host the header {@code Host}; null if there is none
     */
    boolean allows(String origin, String host) {
        if (origin == null || allowed.contains(ALL) || allowed.contains(origin)) {
            return true;
        }
        return host != null && isSame(origin, host);
    }

    /** Scheme, host and port are the same; the scheme of the request is not known behind a proxy that ends TLS, so either is taken. */
    private static boolean isSame(String origin, String host) {
        try {
            URI uri = new URI(origin.toLowerCase(Locale.ROOT));
            if (uri.getHost() == null) {
                return false;
            }
            int usual = "https".equals(uri.getScheme()) ? 443 : 80;
            int port = uri.getPort() < 0 ? usual : uri.getPort();
            String wanted = host.toLowerCase(Locale.ROOT);
            return wanted.equals(uri.getHost() + ":" + port) || (port == usual && wanted.equals(uri.getHost()));
        } catch (java.net.URISyntaxException e) {
            return false;
        }
    }
}
