/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

/** What a client can do that not every one can; what it can't is not checked through it, but still by the reference consumer. */
enum Trait {
    /** Its producer takes a timestamp with each record. */
    OWN_TIMESTAMP,
    /** Its producer takes headers with each record. */
    RECORD_HEADERS,
    /** Its producer takes keys. */
    KEYS,
    /** Its producer takes null keys and null values. */
    NULLS,
    /** It can create topics by itself. */
    CREATES_TOPICS,
    /** Its consumer commits when partitions are taken from it and when it leaves, so nothing is read twice. */
    READS_ONCE
}
