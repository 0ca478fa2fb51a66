/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.http.route.Exchange;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamQueryTest {
    private static SubscriptionRequest request(String lastEventId, Map<String, String> query) {
        HttpRequest request = HttpRequest.create("/");
        HttpRequest sent =
                lastEventId == null ? request : request.addHeader(RawHeader.create("Last-Event-ID", lastEventId));
        return StreamQuery.of(new Exchange(sent, action -> () -> {}, Map.of("topic", "t"), query), "t")
                .request();
    }

    @Test
    void whatIsNotSaidIsTheWholeTopicFromNowOn() {
        SubscriptionRequest request = request(null, Map.of());

        assertThat(request.topics()).hasSize(1);
        assertThat(request.topics().get(0).topic()).isEqualTo("t");
        assertThat(request.topics().get(0).partitions()).isEmpty();
        assertThat(request.from()).isEqualTo(StartPosition.latest());
        assertThat(request.isolation()).isEqualTo(Isolation.READ_COMMITTED);
        assertThat(request.policy()).isEqualTo(SlowReaderPolicy.PAUSE);
    }

    @Test
    void theLastEventsIdWinsOverAllElse() {
        Map<String, String> query = Map.of("from", "earliest", "positions", "t:0=1", "partitions", "0,3");

        assertThat(request("t:0=17", query).from())
                .isEqualTo(new StartPosition.Offsets(Positions.of("t", 0, 17), StartPosition.earliest()));
        assertThat(request(null, query).from())
                .isEqualTo(new StartPosition.Offsets(Positions.of("t", 0, 1), StartPosition.earliest()));
        assertThat(request(null, query).topics().get(0).partitions()).containsExactlyInAnyOrder(0, 3);
        assertThat(request(null, Map.of("from", "timestamp:1700")).from())
                .isEqualTo(new StartPosition.Timestamp(1_700));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from | soon | The parameter from is \"soon\", it must be latest, earliest or timestamp: and milliseconds since 1970.",
                "partitions | 1,x | The parameter partitions is \"1,x\", it must be numbers like 0,3.",
                "positions | t:0 | The position \"t:0\" can't be read: positions, character 4: '=' expected.",
                "limit | 0 | The parameter limit is \"0\", it must be a whole number from 1 to 9223372036854775807.",
                "policy | wait | The parameter policy is \"wait\", it must be pause or drop or close.",
            })
    void whatIsWrongIsSaidInOneSentence(String name, String value, String sentence) {
        assertThatThrownBy(() -> request(null, Map.of(name, value))).hasMessage(sentence);
    }
}
