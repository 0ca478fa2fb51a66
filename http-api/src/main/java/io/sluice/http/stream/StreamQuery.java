/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import akka.http.javadsl.model.HttpHeader;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.http.filter.Filter;
import io.sluice.http.filter.FilterSyntaxException;
import io.sluice.http.record.Encoding;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a stream asks for. A position that the client gives ({@code Last-Event-ID}, or {@code positions} where no header can be set) wins over
 * {@code from}, which is for partitions that it does not name.
 */
record StreamQuery(SubscriptionRequest request, StreamFormat format, Encoding key, Encoding value, long limit) {
    static final String[] PARAMETERS = {
        "partitions", "from", "positions", "filter", "limit", "key", "value", "isolation", "policy"
    };

    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String TIMESTAMP = "timestamp:";

    static StreamQuery of(Exchange exchange, String topic) {
        SubscriptionRequest request = new SubscriptionRequest(
                List.of(new TopicSelection(topic, partitions(exchange))),
                start(exchange),
                exchange.query("isolation", Isolation.READ_COMMITTED),
                filter(exchange),
                exchange.query("policy", SlowReaderPolicy.PAUSE),
                SubscriptionRequest.DEFAULT_BUFFER);
        return new StreamQuery(
                request,
                format(exchange),
                exchange.query("key", Encoding.UTF8),
                exchange.query("value", Encoding.UTF8),
                exchange.query("limit", Long.MAX_VALUE, 1, Long.MAX_VALUE));
    }

    /** Lines to those who ask for them, and events to all others. */
    private static StreamFormat format(Exchange exchange) {
        return exchange.request()
                .getHeader("Accept")
                .map(HttpHeader::value)
                .filter(accepted -> accepted.contains(StreamFormat.LINES.mediaType()))
                .map(accepted -> StreamFormat.LINES)
                .orElse(StreamFormat.EVENTS);
    }

    private static RecordFilter filter(Exchange exchange) {
        String text = exchange.query("filter").orElse("");
        try {
            return text.isBlank() ? RecordFilter.ALL : Filter.parse(text);
        } catch (FilterSyntaxException e) {
            throw new Problem(
                            ProblemKind.BAD_PARAMETER,
                            "The parameter filter can't be read: " + e.getMessage() + ".",
                            Map.of("position", e.position()))
                    .asException();
        }
    }

    private static Set<Integer> partitions(Exchange exchange) {
        Set<Integer> partitions = new HashSet<>();
        String text = exchange.query("partitions").orElse("");
        for (String number : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            if (!number.matches("\\d{1,9}")) {
                throw bad("The parameter partitions is " + Problem.quoted(text) + ", it must be numbers like 0,3.");
            }
            partitions.add(Integer.valueOf(number));
        }
        return partitions;
    }

    private static StartPosition start(Exchange exchange) {
        StartPosition from = from(exchange);
        String positions = exchange.request()
                .getHeader(LAST_EVENT_ID)
                .map(HttpHeader::value)
                .or(() -> exchange.query("positions"))
                .orElse("");
        if (positions.isEmpty()) {
            return from;
        }
        try {
            return new StartPosition.Offsets(Positions.parse(positions), from);
        } catch (IllegalArgumentException e) {
            throw bad("The position " + Problem.quoted(positions) + " can't be read: " + e.getMessage() + ".");
        }
    }

    private static StartPosition from(Exchange exchange) {
        String text = exchange.query("from").orElse("latest");
        if (text.equals("latest")) {
            return StartPosition.latest();
        } else if (text.equals("earliest")) {
            return StartPosition.earliest();
        } else if (text.matches(TIMESTAMP + "\\d{1,18}")) {
            return new StartPosition.Timestamp(Long.parseLong(text.substring(TIMESTAMP.length())));
        }
        throw bad("The parameter from is " + Problem.quoted(text)
                + ", it must be latest, earliest or timestamp: and milliseconds since 1970.");
    }

    private static ProblemException bad(String sentence) {
        return Problem.of(ProblemKind.BAD_PARAMETER, sentence).asException();
    }
}
