/* SPDX-License-Identifier: Apache-2.0 */
/** Which segments have had their time: by age, by size, by the log start offset. */
package io.sluice.log.retention;
