/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.config.ConfigKey;
import io.sluice.cluster.config.ResolvedConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;

/** Configuration values on the wire. Those that are secret are left out. */
final class ConfigEntries {
    private ConfigEntries() {}

    static CreatableTopicConfigs ofNewTopic(ResolvedConfig config) {
        return new CreatableTopicConfigs()
                .setName(config.key().name())
                .setValue(config.value())
                .setReadOnly(false)
                .setConfigSource(config.source().code())
                .setIsSensitive(config.key().sensitive());
    }

    static DescribeConfigsResourceResult described(ResolvedConfig config, boolean synonyms, boolean documentation) {
        ConfigKey key = config.key();
        DescribeConfigsResourceResult entry = new DescribeConfigsResourceResult()
                .setName(key.name())
                .setValue(key.sensitive() ? null : config.value())
                .setReadOnly(!key.dynamic())
                .setConfigSource(config.source().code())
                .setIsSensitive(key.sensitive())
                .setConfigType(key.type().code());
        if (synonyms) {
            for (ResolvedConfig.Candidate candidate : config.candidates()) {
                entry.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(candidate.name())
                                .setValue(key.sensitive() ? null : candidate.value())
                                .setSource(candidate.source().code()));
            }
        }
        return entry.setDocumentation(documentation ? key.meaning() : null);
    }
}
