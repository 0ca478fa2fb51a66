/* SPDX-License-Identifier: Apache-2.0 */
/** Produce: requests are read by hand, so that record bytes stay in the buffer that they arrived in. */
package io.sluice.kafka.produce;
