/* SPDX-License-Identifier: Apache-2.0 */
/** The way to the disk: one small port, so that tests can inject faults. */
package io.sluice.log.file;
