/* SPDX-License-Identifier: Apache-2.0 */
/** Programs that load a whole broker and print one line of figures, for run.sh and startup.sh; any broker that speaks Kafka's protocol will do. */
package io.sluice.bench.load;
