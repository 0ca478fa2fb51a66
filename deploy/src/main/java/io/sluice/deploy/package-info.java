/* SPDX-License-Identifier: Apache-2.0 */
/** The broker as people run it. */
package io.sluice.deploy;
