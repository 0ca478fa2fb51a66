/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import io.sluice.cluster.Node;
import io.sluice.http.auth.TicketRoutes;
import io.sluice.http.cluster.ClusterRoutes;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.group.GroupRoutes;
import io.sluice.http.openapi.OpenApiRoutes;
import io.sluice.http.operate.HealthRoutes;
import io.sluice.http.operate.MetricsRoutes;
import io.sluice.http.record.BatchRoutes;
import io.sluice.http.record.PartitionEnds;
import io.sluice.http.record.PartitionFinder;
import io.sluice.http.record.ProduceRoutes;
import io.sluice.http.record.ReadRoutes;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import io.sluice.http.socket.SocketHandshake;
import io.sluice.http.socket.WebSocketRoute;
import io.sluice.http.stream.StreamRoutes;
import io.sluice.http.topic.TopicRoutes;
import io.sluice.http.web.ConsoleRoutes;
import io.sluice.http.web.ScriptRoutes;
import java.util.List;
import java.util.stream.Stream;

/** The table of all routes. To add a resource: a class of routes, and a line here. */
final class AllRoutes {
    private AllRoutes() {}

    static List<Endpoint> of(HttpServices services) {
        return Stream.concat(always(services), served(services).map(endpoint -> whenReady(services.node(), endpoint)))
                .toList();
    }

    /** What needs no cluster. */
    private static Stream<Endpoint> always(HttpServices services) {
        return endpoints(
                new HealthRoutes(services.health()),
                new MetricsRoutes(services.meters(), services.blocking()),
                new OpenApiRoutes(),
                new TicketRoutes(services.authenticator(), services.tickets()),
                new ScriptRoutes(),
                new ConsoleRoutes());
    }

    private static Stream<Endpoint> served(HttpServices services) {
        Node node = services.node();
        OtherNodes others = services.others();
        PartitionFinder finder = new PartitionFinder(node, others);
        PartitionEnds ends = new PartitionEnds(node, finder, others, services.blocking());
        RecordProducer producer = new RecordProducer(node, finder, services.clock());
        SocketHandshake handshake =
                new SocketHandshake(services.sockets(), services.authenticator(), services.tickets());
        return endpoints(
                new TopicRoutes(node, others, services.bodies(), services.blocking()),
                new ReadRoutes(node, finder, others, services.waits(), services.memory(), services.blocking()),
                new ProduceRoutes(producer, services.bodies(), services.memory(), services.blocking()),
                new BatchRoutes(finder, producer, services.bodies()),
                new StreamRoutes(
                        node::subscriptions, others, services.system(), services.heartbeat(), services.streams()),
                new GroupRoutes(node, finder, others, ends, services.bodies(), services.clock()),
                new ClusterRoutes(node, services.blocking()),
                new WebSocketRoute(handshake, services.sockets(), node::subscriptions, producer, services.memory()));
    }

    private static Stream<Endpoint> endpoints(Routes... resources) {
        return Stream.of(resources).flatMap(routes -> routes.endpoints().stream());
    }

    private static Endpoint whenReady(Node node, Endpoint endpoint) {
        return new Endpoint(endpoint.method(), endpoint.path(), endpoint.query(), exchange -> {
            if (!node.isReady()) {
                throw Problem.of(
                                ProblemKind.NOT_READY,
                                "The node is not in its cluster yet, or opens what it keeps; /health/ready says more.")
                        .asException();
            }
            return endpoint.handler().handle(exchange);
        });
    }
}
