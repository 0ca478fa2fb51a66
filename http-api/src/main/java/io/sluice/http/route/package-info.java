/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a class of routes sees: the table of {@link io.sluice.http.route.Endpoint endpoints}, the {@link io.sluice.http.route.Exchange exchange} of one
 * request with its response, and {@link io.sluice.http.route.Problem problems}, in which all that goes wrong is told.
 */
package io.sluice.http.route;
