/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Subscriptions: one or more partitions as one backpressured Akka Streams source, whoever is behind it (WebSocket, SSE, a publisher in the
 * same process). A pure core decides what is read, kept, dropped and delivered; a stage around it reads.
 */
package io.sluice.actors.subscription;
