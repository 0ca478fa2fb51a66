/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One-time tickets: whoever could authenticate gets one over HTTP, and shows it a moment later where it can set no header. A ticket is good on the node that
 * gave it, once, and for seconds; so it does little harm in the log of a proxy. Any thread.
 */
public final class Tickets {
    private static final int RANDOM_BYTES = 24;

    private record Issued(Principal principal, long goodUntilMs) {}

    private final int max;
    private final Duration lifetime;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /** In the order in which they end. */
    private final Map<String, Issued> issued = new LinkedHashMap<>();

    /**
     * @param max that are good at one time ({@code sluice.http.tickets.max})
     * @param lifetime of one ({@code sluice.http.tickets.lifetime.ms})
     */
    public Tickets(int max, Duration lifetime, InstantSource clock) {
        this.max = max;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    public Duration lifetime() {
        return lifetime;
    }

    /**
     * A new one.
     *
     * @throws io.sluice.http.route.ProblemException if there are too many
     */
    public String issue(Principal principal) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        synchronized (issued) {
            forgetOld();
            if (issued.size() >= max) {
                throw Problem.of(
                                ProblemKind.BUSY,
                                "There are " + max
                                        + " tickets already that nobody has used yet, no more are given (sluice.http.tickets.max).")
                        .asException();
            }
            issued.put(ticket, new Issued(principal, clock.millis() + lifetime.toMillis()));
        }
        return ticket;
    }

    /**
     * Whose ticket it is; it is used up then.
     *
     * @throws io.sluice.http.route.ProblemException if it is not good (any more)
     */
    public Principal redeem(String ticket) {
        synchronized (issued) {
            forgetOld();
            Issued found = issued.remove(ticket);
            if (found != null) {
                return found.principal();
            }
        }
        throw Problem.of(
                        ProblemKind.UNAUTHORIZED,
                        "The ticket is not good: this node has not given it, it was used, or it is older than "
                                + lifetime.toMillis() + " ms (sluice.http.tickets.lifetime.ms).")
                .asException();
    }

    private void forgetOld() {
        long nowMs = clock.millis();
        Iterator<Issued> all = issued.values().iterator();
        while (all.hasNext() && all.next().goodUntilMs() <= nowMs) {
            all.remove();
        }
    }
}
