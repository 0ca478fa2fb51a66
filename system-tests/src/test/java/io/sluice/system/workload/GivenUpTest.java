/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.junit.jupiter.api.Test;

class GivenUpTest {
    private static final TopicPartition ONE = new TopicPartition("orders", 1);
    private static final TopicPartition TWO = new TopicPartition("orders", 2);

    private final GivenUp givenUp = new GivenUp();

    @Test
    void aSequenceIsOutOfOrderOnlyBehindARecordThatWasGivenUp() {
        assertThat(givenUp.explains(ONE, new OutOfOrderSequenceException("5 where 3")))
                .as("records are missing")
                .isFalse();
        assertThat(givenUp.explains(ONE, new TimeoutException())).isTrue();
        assertThat(givenUp.explains(ONE, new OutOfOrderSequenceException("5 where 3")))
                .isTrue();
        assertThat(givenUp.explains(TWO, new OutOfOrderSequenceException("5 where 3")))
                .as("another partition")
                .isFalse();
        givenUp.acknowledged(ONE);
        assertThat(givenUp.explains(ONE, new OutOfOrderSequenceException("9 where 7")))
                .as("the gap is behind")
                .isFalse();
    }

    @Test
    void whatWouldHaveBeenTriedAgainIsAReasonAndNothingElse() {
        assertThat(givenUp.explains(ONE, new NotLeaderOrFollowerException())).isTrue();
        assertThat(givenUp.explains(ONE, new NetworkException("disconnected"))).isTrue();
        assertThat(givenUp.explains(ONE, new CorruptRecordException()))
                .as("tried again, too, but nobody may damage one")
                .isFalse();
        assertThat(givenUp.explains(ONE, new InvalidProducerEpochException("old")))
                .isFalse();
        assertThat(givenUp.explains(ONE, new UnknownServerException())).isFalse();
    }
}
