/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.deploy.process.Distribution;
import io.sluice.deploy.process.Distribution.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice.cluster.discovery=kubernetes-api} against a server that answers as Kubernetes does. */
class KubernetesApiIT {
    @TempDir
    private Path folder;

    @Test
    void aNodeAsksForItsPodsAndStarts() throws Exception {
        int akka = freePort();
        try (FakeApiServer api = new FakeApiServer(folder, List.of(akka));
                Running node = Distribution.start(
                        folder.resolve("data"),
                        api.environment(),
                        arguments(api, akka).split(" "))) {

            assertThat(node.process().isAlive()).isTrue();
            assertThat(api.requests().peek())
                    .isEqualTo("/api/v1/namespaces/streams/pods?labelSelector=app.kubernetes.io/instance%3Dorders");
        }
    }

    @Test
    void withoutCredentialsItIsOneLineAndExitCode2() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        Distribution.Result result =
                Distribution.run(("start --data " + folder.resolve("data") + " --kafka 127.0.0.1:0 --voters 1"
                                + " -D sluice.cluster.discovery=kubernetes-api"
                                + " -D sluice.cluster.discovery.credentials=" + empty)
                        .split(" "));

        assertThat(result.stderr())
                .isEqualTo("sluice: sluice.cluster.discovery=kubernetes-api: can't read " + empty
                        + "/ca.crt; Kubernetes puts it into a pod that has a service account\n");
        assertThat(result.exitCode()).isEqualTo(2);
    }

    private static String arguments(FakeApiServer api, int akka) {
        return "--akka 127.0.0.1:" + akka + " --voters 1 -D sluice.cluster.discovery=kubernetes-api"
                + " -D sluice.cluster.discovery.selector=app.kubernetes.io/instance=orders"
                + " -D sluice.cluster.discovery.credentials=" + api.credentials();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
