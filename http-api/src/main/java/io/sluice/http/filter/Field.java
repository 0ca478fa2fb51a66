/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

/** What a filter may look at. */
sealed interface Field {
    /** The record's key as text. */
    enum Key implements Field {
        INSTANCE
    }

    /** The partition's number. */
    enum Partition implements Field {
        INSTANCE
    }

    /** The value of the first header of that name, as text. */
    record Header(String name) implements Field {}

    /**
     * A place in the JSON of the value.
     *
     * @param slot where {@link JsonFields} puts what it finds
     */
    record Json(int slot) implements Field {}
}
