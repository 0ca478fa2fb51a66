/* SPDX-License-Identifier: Apache-2.0 */
/** Reads a log's files for people and tools: says what is in them and where they are damaged. Changes nothing. */
package io.sluice.log.dump;
