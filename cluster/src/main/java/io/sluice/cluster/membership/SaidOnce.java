/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import java.util.HashSet;
import java.util.Set;

/** What has been said and need not be said again: a node of another version repeats itself all day. Any thread. */
public final class SaidOnce {
    /** Different things that are said; there are fewer, unless somebody makes them up. */
    private static final int KINDS_MAX = 100;

    private final Set<String> said = new HashSet<>();

    /** Whether this is to be said now. */
    public synchronized boolean first(String what) {
        return said.size() < KINDS_MAX && said.add(what);
    }
}
