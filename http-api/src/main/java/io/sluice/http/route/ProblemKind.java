/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

/**
 * What can be wrong with a request, as programs tell it apart: the {@code type} of a problem document is {@code urn:sluice:problem:} and the slug here,
 * its {@code title} the title.
 */
public enum ProblemKind {
    BAD_PARAMETER("bad-parameter", 400, "A parameter is wrong"),
    BAD_BODY("bad-body", 400, "The body is wrong"),
    BAD_CONFIG("bad-config", 400, "The configuration is wrong"),
    BAD_TOPIC("bad-topic", 400, "The topic can't be like that"),
    UNAUTHORIZED("unauthorized", 401, "It is not known who asks"),
    FORBIDDEN("forbidden", 403, "That is not allowed"),
    BAD_REQUEST("bad-request", 400, "That is no request"),
    NOTHING_HERE("nothing-here", 404, "There is nothing here"),
    UNKNOWN_TOPIC("unknown-topic", 404, "There is no such topic"),
    UNKNOWN_PARTITION("unknown-partition", 404, "There is no such partition"),
    UNKNOWN_GROUP("unknown-group", 404, "There is no such group"),
    WRONG_METHOD("wrong-method", 405, "The method does not fit"),
    SLOW_REQUEST("slow-request", 408, "The request took too long to arrive"),
    TOPIC_EXISTS("topic-exists", 409, "The topic is there already"),
    OUT_OF_ORDER("out-of-order", 409, "The number of the records does not fit"),
    GROUP_IN_USE("group-in-use", 409, "The group has members"),
    TOO_LARGE("too-large", 413, "That is too large"),
    WRONG_MEDIA_TYPE("wrong-media-type", 415, "The body is of a kind that is not understood"),
    OFFSET_OUT_OF_RANGE("offset-out-of-range", 416, "The offset is not in the log"),
    LED_ELSEWHERE("led-elsewhere", 421, "Another node leads the partition"),
    UNKNOWN_HOST("unknown-host", 421, "The node is not called that"),
    REFUSED_RECORD("refused-record", 422, "A record was refused"),
    UPGRADE_REQUIRED("upgrade-required", 426, "Another protocol is spoken here"),
    TOO_MANY("too-many", 429, "That is too many for one client"),
    INTERNAL("internal", 500, "Something is wrong with this node"),
    BUSY("busy", 503, "A limit is reached"),
    NOT_READY("not-ready", 503, "The node does not serve now"),
    NO_LEADER("no-leader", 503, "Nobody leads the partition now"),
    NOT_ENOUGH_REPLICAS("not-enough-replicas", 503, "Too few replicas have it"),
    TIMED_OUT("timed-out", 504, "It was not done in time");

    private static final String PREFIX = "urn:sluice:problem:";

    private final String slug;
    private final int status;
    private final String title;

    ProblemKind(String slug, int status, String title) {
        this.slug = slug;
        this.status = status;
        this.title = title;
    }

    /** The URI in {@code type}. */
    public String type() {
        return PREFIX + slug;
    }

    public String slug() {
        return slug;
    }

    /** Of the response. */
    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Whether the same request may well succeed in a moment. */
    public boolean isPassing() {
        return status == 503 || status == 504;
    }
}
