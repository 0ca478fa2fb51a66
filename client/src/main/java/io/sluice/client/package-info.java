/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sluice for programs on the JVM, as Reactive Streams: {@link io.sluice.client.RecordPublisher} reads, {@link io.sluice.client.RecordSubscriber} writes, and
 * {@link io.sluice.client.SluiceClient} makes both. JDK and reactivestreams.org only.
 *
 * <pre>
 *   Subscriber ---- request(n) ----> LiveSubscription ---> SubscriptionCore (demand, credits, positions; no clock, no network)
 *              <--- onNext ---------                             |
 *                                                                v
 *   Publisher  ---- onNext --------> LiveProducer -------> ProducerCore (batches, sequences)
 *              <--- request(n) -----                             |
 *                                                                v
 *                                                 Connection ---> SocketLink ---> java.net.http.WebSocket
 * </pre>
 *
 * Both cores are told what happened and say what is to be done; everything that waits, connects or runs on a thread is outside of them.
 */
package io.sluice.client;
