/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

/** The settings of one broker. */
public interface BrokerSettings {}
