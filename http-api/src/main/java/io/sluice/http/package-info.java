/* SPDX-License-Identifier: Apache-2.0 */
/**
 * HTTP in front of a node: {@code server} has the sockets, {@code route} what a class of routes sees, and each other package the routes of one
 * resource with the decisions behind them.
 */
package io.sluice.http;
