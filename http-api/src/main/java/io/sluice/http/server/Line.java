/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.util.ByteString;
import java.net.InetAddress;

/** A TCP connection, as who speaks HTTP over it sees it: called within its stream. */
interface Line {
    /** Of the client. */
    InetAddress address();

    /** The next response says 101: behind it the connection speaks something else, and nothing is left of HTTP. */
    void becomes(Graph<FlowShape<ByteString, ByteString>, ?> protocol);

    /** @param finish ends HTTP once the request that is being answered is; may be called at any time, more than once, from any thread */
    void onFinish(Runnable finish);

    /** How a stage finds out which line it is on. */
    record On(Line line) implements Attributes.Attribute {}
}
