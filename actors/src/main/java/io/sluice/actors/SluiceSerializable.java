/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors;

/** Marks the few messages that may travel to another node: they have a hand-written, versioned form. All others stay on their node. */
public interface SluiceSerializable {}
