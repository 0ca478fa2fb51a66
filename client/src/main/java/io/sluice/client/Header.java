/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.Objects;

/**
 * A header of a record.
 *
 * @param name not null
 * @param value null is a value of its own; the array is not copied
 */
public record Header(String name, byte[] value) {
    public Header {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return name + "=" + (value == null ? "null" : value.length + " bytes");
    }
}
