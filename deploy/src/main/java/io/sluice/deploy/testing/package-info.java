/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A broker for tests, inside their own JVM: {@link io.sluice.deploy.testing.SluiceBroker} for any test, {@link io.sluice.deploy.testing.SluiceTest} for JUnit 5.
 * This is a public API, described in {@code docs/testing.md}.
 */
package io.sluice.deploy.testing;
