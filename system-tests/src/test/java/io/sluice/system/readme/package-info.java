/* SPDX-License-Identifier: Apache-2.0 */
/** The examples of the README do what it says. */
package io.sluice.system.readme;
