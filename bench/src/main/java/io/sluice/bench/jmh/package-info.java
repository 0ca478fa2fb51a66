/* SPDX-License-Identifier: Apache-2.0 */
/** JMH benchmarks of the storage engine's inner loops: append, check, read, compact. Run them with {@code bench/jmh.sh}. */
package io.sluice.bench.jmh;
