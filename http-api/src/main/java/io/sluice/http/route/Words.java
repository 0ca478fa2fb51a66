/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import java.util.Locale;

/** Constants of the code as requests and responses write them. */
public final class Words {
    private Words() {}

    /** {@code READ_COMMITTED} is {@code read_committed}. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
