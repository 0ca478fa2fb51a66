/* SPDX-License-Identifier: Apache-2.0 */
/** On which threads partitions run: their own, or for small work the thread that brings it. */
package io.sluice.actors.dispatch;
