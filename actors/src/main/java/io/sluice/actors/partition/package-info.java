/* SPDX-License-Identifier: Apache-2.0 */
/** A partition's actor: the only writer of its files. */
package io.sluice.actors.partition;
