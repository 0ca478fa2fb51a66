/* SPDX-License-Identifier: Apache-2.0 */
/** Topics, configuration and the cluster: one class an API. */
package io.sluice.kafka.admin;
