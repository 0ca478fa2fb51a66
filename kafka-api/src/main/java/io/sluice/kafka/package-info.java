/* SPDX-License-Identifier: Apache-2.0 */
/** Kafka's protocol over TCP. */
package io.sluice.kafka;
