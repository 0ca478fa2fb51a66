/* SPDX-License-Identifier: Apache-2.0 */
/** Consumer groups and their offsets: one class an API. */
package io.sluice.kafka.group;
