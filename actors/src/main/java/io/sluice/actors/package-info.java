/* SPDX-License-Identifier: Apache-2.0 */
/** The actors of the broker and their pure cores. */
package io.sluice.actors;
