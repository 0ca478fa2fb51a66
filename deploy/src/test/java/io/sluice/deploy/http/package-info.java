/* SPDX-License-Identifier: Apache-2.0 */
/** HTTP of whole brokers, beside Kafka's clients. */
package io.sluice.deploy.http;
