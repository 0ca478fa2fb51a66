/* SPDX-License-Identifier: Apache-2.0 */
/** The distribution as a process. */
package io.sluice.deploy.process;
