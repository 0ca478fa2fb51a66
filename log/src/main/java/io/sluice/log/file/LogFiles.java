/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.file;

/** Every access of a log to the file system. */
public interface LogFiles {}
