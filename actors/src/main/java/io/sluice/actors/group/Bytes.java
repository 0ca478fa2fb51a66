/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import java.util.Arrays;

/** Bytes that nobody changes any more, equal by content: subscriptions and assignments, which the broker passes on unread. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Wraps without copying; the caller gives the array away. */
    public static Bytes of(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    /** The bytes themselves: not to be changed. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return array.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
