/* SPDX-License-Identifier: Apache-2.0 */
/** Many unmodified clients that write, read and commit through whatever happens, and record what they were told. */
package io.sluice.system.workload;
