/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.Map;

/**
 * Settings and where they were written, so that an error can name the place.
 *
 * @param where a file's name or an option; empty if it goes without saying
 */
public record SettingsSource(String where, Map<String, String> values) {}
