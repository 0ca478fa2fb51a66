/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line: one class a command. {@code start} runs a broker; every other command that talks to one is an ordinary Kafka client of it.
 * People get tables and one-line errors, scripts get {@code --json} and exit codes (0 done, 1 failed, 2 wrongly called or configured).
 */
package io.sluice.deploy.command;
