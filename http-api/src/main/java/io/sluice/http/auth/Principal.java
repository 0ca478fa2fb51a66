/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import java.util.Objects;

/** Who a request comes from, once that is known. */
public record Principal(String name) {
    /** Somebody who did not have to say. */
    public static final Principal ANONYMOUS = new Principal("anonymous");

    public Principal {
        Objects.requireNonNull(name, "name");
    }
}
