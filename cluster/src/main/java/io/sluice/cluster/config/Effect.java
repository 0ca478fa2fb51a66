/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

/** What setting a key does. */
public enum Effect {
    /** The broker acts on it. */
    ACTS,
    /** Accepted, so that an existing configuration starts unchanged, and without effect: there is nothing here that it could change. */
    NONE,
    /** Refused unless it repeats the default: to accept it would promise what is not there (TLS, authorisation, tiered storage). */
    UNSUPPORTED
}
