/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.cluster.Node;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.record.PartitionEnds;
import io.sluice.http.record.PartitionFinder;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Routes;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code /v1/groups}. Any node answers: it asks the coordinator, wherever that is. */
public final class GroupRoutes implements Routes {
    private static final String ALL = "/v1/groups";
    private static final String ONE = "/v1/groups/{group}";
    private static final int NO_CONTENT = 204;

    private final Bodies bodies;
    private final GroupCoordination groups;
    private final GroupDescriptions descriptions;
    private final GroupList list;
    private final OffsetReset resets;

    public GroupRoutes(
            Node node,
            PartitionFinder finder,
            OtherNodes others,
            PartitionEnds ends,
            Bodies bodies,
            InstantSource clock) {
        this.bodies = bodies;
        this.groups = new GroupCoordination(node);
        this.descriptions = new GroupDescriptions(groups, node::backlogs, clock);
        this.list = new GroupList(node, others, groups, descriptions);
        this.resets = new OffsetReset(groups, finder, ends);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, ALL, this::list).with("details", "after", "limit"),
                Endpoint.of(HttpMethods.GET, ONE, this::describe),
                Endpoint.of(HttpMethods.DELETE, ONE, this::delete),
                Endpoint.of(HttpMethods.POST, ONE + "/offsets", this::reset).with("validate"));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        return list.page(exchange).thenApply(Answers::json);
    }

    private CompletionStage<HttpResponse> describe(Exchange exchange) {
        return descriptions.describe(exchange.path("group")).thenApply(Answers::json);
    }

    private CompletionStage<HttpResponse> delete(Exchange exchange) {
        return groups.ask(new DeleteGroup(exchange.path("group"))).thenApply(deleted -> Answers.nothing(NO_CONTENT));
    }

    private CompletionStage<HttpResponse> reset(Exchange exchange) {
        return bodies.whole(exchange, body -> groups.made().thenCompose(made -> reset(exchange, body)));
    }

    private CompletionStage<HttpResponse> reset(Exchange exchange, ByteString bytes) {
        boolean validate = exchange.query("validate", false);
        JsonBody body = JsonBody.parse(exchange, bytes, "topic", "partitions", "to");
        return resets.reset(exchange.path("group"), body, validate).thenApply(Answers::json);
    }
}
