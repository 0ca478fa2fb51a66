/* SPDX-License-Identifier: Apache-2.0 */
/** The broker under test, as a process of its own. */
package io.sluice.system.broker;
