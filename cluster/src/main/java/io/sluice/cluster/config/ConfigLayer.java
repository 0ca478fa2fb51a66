/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.Map;

/** Values of one source. */
record ConfigLayer(ConfigSource source, Map<String, String> values) {}
