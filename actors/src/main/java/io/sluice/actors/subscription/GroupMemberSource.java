/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.japi.Pair;
import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.GraphStageLogic;

/** The graph stage of members of groups: its elements are what to read, one generation after the other. */
final class GroupMemberSource
        extends AbstractGraphStageWithMaterializedValue<SourceShape<GroupAssignment>, SubscriptionControl> {
    private final SubscriptionEngine engine;
    private final SubscriptionRequest request;
    private final StartPosition.Group group;
    private final Outlet<GroupAssignment> out = Outlet.create("assignments");
    private final SourceShape<GroupAssignment> shape = SourceShape.of(out);

    private GroupMemberSource(SubscriptionEngine engine, SubscriptionRequest request, StartPosition.Group group) {
        this.engine = engine;
        this.request = request;
        this.group = group;
    }

    /** A subscription that reads what the group gives it. */
    static Source<SubscriptionEvent, SubscriptionControl> of(
            SubscriptionEngine engine, SubscriptionRequest request, StartPosition.Group group) {
        return Source.fromGraph(new GroupMemberSource(engine, request, group))
                .flatMapConcat(assignment -> read(engine, request, group, assignment));
    }

    private static Source<SubscriptionEvent, ?> read(
            SubscriptionEngine engine,
            SubscriptionRequest request,
            StartPosition.Group group,
            GroupAssignment assignment) {
        Source<SubscriptionEvent, SubscriptionControl> what =
                assignment.topics().isEmpty()
                        ? Source.<SubscriptionEvent>maybe().mapMaterializedValue(NothingToRead::new)
                        : engine.subscribe(new SubscriptionRequest(
                                assignment.topics(),
                                new StartPosition.Offsets(assignment.from(), group.otherwise()),
                                request.isolation(),
                                request.filter(),
                                request.policy(),
                                request.bufferBytes()));
        return what.mapMaterializedValue(control -> {
            assignment.control().reading(assignment.generation(), control);
            return control;
        });
    }

    @Override
    public SourceShape<GroupAssignment> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, SubscriptionControl> createLogicAndMaterializedValuePair(Attributes attributes) {
        GroupMemberLogic logic = new GroupMemberLogic(engine, request, group, out, shape);
        return Pair.create(logic, logic.control());
    }
}
