/* SPDX-License-Identifier: Apache-2.0 */
/** The description of all routes that {@code /v1} has, for programs. */
package io.sluice.http.openapi;
