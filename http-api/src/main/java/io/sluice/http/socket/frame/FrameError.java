/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

/**
 * The codes of {@code error} frames that the socket itself gives; the engine's own codes (an unknown topic, for example), and the kinds of problems that
 * producing meets, come beside them.
 */
public enum FrameError {
    /** Not a frame, or one with a field that is missing, unknown or of the wrong type. */
    MALFORMED_FRAME,
    /** The frame is about a subscription that the socket doesn't have. */
    UNKNOWN_SUBSCRIPTION,
    /** {@code subscribe} with the id of a subscription that lives. */
    DUPLICATE_SUBSCRIPTION,
    /** {@code sluice.websocket.subscriptions.max} is reached. */
    TOO_MANY_SUBSCRIPTIONS,
    /** The filter is not an expression. */
    INVALID_FILTER,
    /** The credits would be more than can be counted. */
    CREDIT_OVERFLOW,
    /** Records of a named producer before which others have to come again. */
    OUT_OF_ORDER,
    /** More named producers on one socket than it may have. */
    TOO_MANY_PRODUCERS,
    /** A frame of the protocol that this server does not serve. */
    UNSUPPORTED,
    /** The subscription ended by itself. */
    ENDED,
    /** A fault of the server. */
    INTERNAL_ERROR
}
