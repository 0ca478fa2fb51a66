/* SPDX-License-Identifier: Apache-2.0 */
/** Consumer groups: a pure core inside a thin actor at the leader of each {@code __consumer_offsets} partition. */
package io.sluice.actors.group;
