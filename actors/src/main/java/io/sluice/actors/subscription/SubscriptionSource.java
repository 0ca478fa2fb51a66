/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.japi.Pair;
import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.GraphStageLogic;

/** The graph stage of subscriptions: each time it is run is one. */
final class SubscriptionSource
        extends AbstractGraphStageWithMaterializedValue<SourceShape<SubscriptionEvent>, SubscriptionControl> {
    private final SubscriptionEngine engine;
    private final SubscriptionRequest request;
    private final Outlet<SubscriptionEvent> out = Outlet.create("subscription");
    private final SourceShape<SubscriptionEvent> shape = SourceShape.of(out);

    SubscriptionSource(SubscriptionEngine engine, SubscriptionRequest request) {
        this.engine = engine;
        this.request = request;
    }

    @Override
    public SourceShape<SubscriptionEvent> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, SubscriptionControl> createLogicAndMaterializedValuePair(Attributes attributes) {
        SubscriptionLogic logic = new SubscriptionLogic(engine, request, out, shape);
        return Pair.create(logic, logic.control());
    }
}
