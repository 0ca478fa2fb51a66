/* SPDX-License-Identifier: Apache-2.0 */
/** Record batches (format v2), as they are on the wire and on disk. */
package io.sluice.log.batch;
