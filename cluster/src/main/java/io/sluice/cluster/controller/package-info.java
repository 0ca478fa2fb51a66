/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The controller, a service at the leader of {@code __cluster_metadata-0}: a pure core that turns a request and an image into
 * records and an answer, and a thin actor that appends the records and answers when they are in the image.
 */
package io.sluice.cluster.controller;
