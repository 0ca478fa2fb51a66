/* SPDX-License-Identifier: Apache-2.0 */
/** Which leader epoch wrote which part of a partition's log (KIP-101, KIP-320). */
package io.sluice.log.epoch;
