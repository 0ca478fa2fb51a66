/* SPDX-License-Identifier: Apache-2.0 */
/** What the small files of a partition have in common. */
package io.sluice.log.format;
