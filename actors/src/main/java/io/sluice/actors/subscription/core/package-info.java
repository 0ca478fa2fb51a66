/* SPDX-License-Identifier: Apache-2.0 */
/** What a subscription reads next, keeps, leaves out and delivers, decided without threads, clock, disk or Akka. */
package io.sluice.actors.subscription.core;
