/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compaction ({@code cleanup.policy=compact}): of each key the latest record stays.
 *
 * <pre>
 *   LogCompaction     the writer's side: plans, puts in place            (writer)
 *   CompactionPolicy  is it due, and which segments?                    (writer)
 *   CompactionJob     reads those, writes cleaned ones beside them      (any thread)
 *   SegmentSwap       the steps and names that make it safe at a crash  (writer)
 * </pre>
 */
package io.sluice.log.compaction;
