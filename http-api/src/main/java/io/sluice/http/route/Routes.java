/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import java.util.List;

/** The endpoints of one resource. */
public interface Routes {
    List<Endpoint> endpoints();
}
