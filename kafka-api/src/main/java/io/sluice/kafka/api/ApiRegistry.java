/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All APIs that this broker serves, by number. ApiVersions advertises these, but for what brokers have among themselves. */
public final class ApiRegistry {
    private final Map<Short, Api> apis = new TreeMap<>();
    private final Api[] byKey;

    public ApiRegistry(List<? extends Api> all) {
        for (Api api : all) {
            if (apis.put(api.apiKey(), api) != null) {
                throw new IllegalArgumentException("API " + api.apiKey() + " has two handlers");
            }
        }
        byKey = new Api[apis.keySet().stream().mapToInt(Short::intValue).max().orElse(-1) + 1];
        apis.forEach((key, api) -> byKey[key] = api);
    }

    /** The handler, or null if the API is not served. */
    public Api find(short apiKey) {
        return apiKey >= 0 && apiKey < byKey.length ? byKey[apiKey] : null;
    }

    /** All, by number. */
    public Iterable<Api> all() {
        return apis.values();
    }
}
