/* SPDX-License-Identifier: Apache-2.0 */
/** A whole broker: a node and the protocols on top of it, made from settings, started and stopped as one. */
package io.sluice.deploy.broker;
