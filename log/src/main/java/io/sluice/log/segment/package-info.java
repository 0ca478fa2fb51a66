/* SPDX-License-Identifier: Apache-2.0 */
/** Segment files, their indexes, and reading from them without a lock. */
package io.sluice.log.segment;
