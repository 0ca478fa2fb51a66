/* SPDX-License-Identifier: Apache-2.0 */
/** Fetch: incremental sessions (KIP-227), waits, and responses whose record bytes go from file to socket. */
package io.sluice.kafka.fetch;
