/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.config.BrokerSettings;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final HttpMetrics metrics = new HttpMetrics(new SimpleMeterRegistry());

    private Admission admission(int max, int perAddress) {
        return new Admission(
                HttpLimits.of(BrokerSettings.parse(Map.of(
                        "sluice.http.connections.max", Integer.toString(max),
                        "sluice.http.connections.per.address.max", Integer.toString(perAddress)))),
                metrics);
    }

    @Test
    void oneTooManyIsToldSoUntilAnotherLeaves() {
        Admission admission = admission(1, 10);
        assertThat(admission.enter()).isNull();

        assertThat(admission.enter())
                .isEqualTo("There are 1 connections already, no more are allowed (sluice.http.connections.max).");
        assertThat(metrics.connectionsRefused.count()).isEqualTo(1);
        admission.leave(null);
        admission.leave(null);

        assertThat(admission.enter()).isNull();
        assertThat(metrics.connections).hasValue(1);
    }

    @Test
    void anAddressHasALimitOfItsOwnAndIsForgottenWithItsLastConnection() {
        Admission admission = admission(10, 1);
        assertThat(admission.enter(HERE)).isNull();

        assertThat(admission.enter(HERE)).contains("sluice.http.connections.per.address.max");

        admission.leave(HERE);
        assertThat(admission.addresses()).isEqualTo(1);
        admission.leave(HERE);
        assertThat(admission.addresses()).isZero();
    }
}
