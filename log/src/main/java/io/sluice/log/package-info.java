/* SPDX-License-Identifier: Apache-2.0 */
/** The log of one partition. */
package io.sluice.log;
