/* SPDX-License-Identifier: Apache-2.0 */
/** What the process logs, and where: readable lines on stderr, and a file where one is asked for. */
package io.sluice.deploy.logging;
