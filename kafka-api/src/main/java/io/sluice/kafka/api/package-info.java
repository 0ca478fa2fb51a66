/* SPDX-License-Identifier: Apache-2.0 */
/** What an API handler sees: its request, who sent it, and the way to answer. One class an API implements {@link io.sluice.kafka.api.ApiHandler}. */
package io.sluice.kafka.api;
