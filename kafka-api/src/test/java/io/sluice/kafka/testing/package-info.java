/* SPDX-License-Identifier: Apache-2.0 */
/** What tests of the protocol share: a node in memory, and a client over a raw socket. */
package io.sluice.kafka.testing;
