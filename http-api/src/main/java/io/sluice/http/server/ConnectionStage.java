/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.Done;
import akka.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.headers.Connection;
import akka.japi.function.Procedure;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Peer;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * HTTP over one {@link Line}: hands over its requests one at a time, and counts it as long as it is there. A connection that is one too many is told so in
 * answer to its first request, and closed. Backpressure: the next request is asked for when the response to the one before has been taken.
 */
final class ConnectionStage extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
    private final Inlet<HttpRequest> in = Inlet.create("requests");
    private final Outlet<HttpResponse> out = Outlet.create("responses");
    private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(in, out);
    private final Admission admission;
    private final BiFunction<Peer, HttpRequest, CompletionStage<HttpResponse>> handler;

    /** @param handler never fails */
    ConnectionStage(Admission admission, BiFunction<Peer, HttpRequest, CompletionStage<HttpResponse>> handler) {
        this.admission = admission;
        this.handler = handler;
    }

    @Override
    public FlowShape<HttpRequest, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inherited) {
        return new Logic(inherited
                .getAttribute(Line.On.class)
                .orElseThrow(() -> new IllegalStateException("not on a line"))
                .line());
    }

    private final class Logic extends GraphStageLogic {
        private final Guest guest = new Guest();
        private final Line line;
        private AsyncCallback<HttpResponse> answered;
        private InetAddress address;
        private String refusal;
        private boolean busy;
        private boolean lastRequest;
        private boolean finishing;

        Logic(Line line) {
            super(shape);
            this.line = line;
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    take(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    lastRequest = true;
                    if (!busy) {
                        completeStage();
                    } else {
                        guest.leave();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (!lastRequest) {
                        pull(in);
                    }
                }
            });
        }

        @Override
        public void preStart() {
            Procedure<HttpResponse> send = this::send;
            answered = createAsyncCallback(send);
            refusal = admission.enter();
            AsyncCallback<Done> finish = createAsyncCallback(done -> finish());
            line.onFinish(() -> finish.invoke(Done.getInstance()));
        }

        private void finish() {
            finishing = true;
            lastRequest = true;
            if (!busy) {
                completeStage();
            }
        }

        @Override
        public void postStop() {
            admission.leave(address);
            guest.close();
        }

        private void take(HttpRequest request) {
            if (address == null && refusal == null) {
                address = line.address();
                refusal = admission.enter(address);
            }
            busy = true;
            if (refusal != null) {
                refuse(request);
            } else {
                HttpRequest known = request.addAttribute(AttributeKeys.remoteAddress, RemoteAddress.create(address));
                handler.apply(guest, known).thenAccept(answered::invoke);
            }
        }

        private void refuse(HttpRequest request) {
            lastRequest = true;
            send(Answers.problem(
                            Problem.of(ProblemKind.BUSY, refusal),
                            request.getUri().path())
                    .addHeader(Connection.create("close")));
        }

        private void send(HttpResponse response) {
            busy = false;
            push(out, finishing ? response.addHeader(Connection.create("close")) : switched(response));
            if (lastRequest) {
                completeStage();
            }
        }

        /** Akka HTTP would switch the protocol by itself if its header was left. */
        private HttpResponse switched(HttpResponse response) {
            List<HttpHeader> headers = new ArrayList<>();
            boolean switches = false;
            for (HttpHeader header : response.getHeaders()) {
                if (header instanceof UpgradeToOtherProtocolResponseHeader upgrade) {
                    line.becomes(upgrade.handler());
                    switches = true;
                } else {
                    headers.add(header);
                }
            }
            return switches ? response.withHeaders(headers) : response;
        }
    }
}
