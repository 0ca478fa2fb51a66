/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.deploy.process.Distribution;
import io.sluice.deploy.process.Distribution.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice.cluster.discovery=kubernetes-api} against a server that answers as Kubernetes does. Addresses of pods are loopback ones. */
class KubernetesApiIT {
    @TempDir
    private Path folder;

    private FakeApiServer api;
    private final List<Running> nodes = new ArrayList<>();

    @BeforeEach
    void api() throws Exception {
        api = new FakeApiServer(folder);
    }

    @AfterEach
    void stop() {
        nodes.forEach(Running::close);
        api.close();
    }

    @Test
    @Tag("slow")
    void podsFindEachOtherAndOneThatComesBackElsewhereFindsThemToo() throws Exception {
        // Given three pods that started at the same time, and a topic
        List<InetSocketAddress> pods = List.of(pod(11), pod(12), pod(13));
        pods.forEach(api::add);
        List<CompletableFuture<Running>> starts = new ArrayList<>();
        for (int ordinal = 0; ordinal < pods.size(); ordinal++) {
            starts.add(start(ordinal, pods.get(ordinal)));
        }
        for (CompletableFuture<Running> start : starts) {
            nodes.add(start.join());
        }
        assertThat(api.requests().peek())
                .isEqualTo("/api/v1/namespaces/streams/pods?labelSelector=app.kubernetes.io/instance%3Dorders");
        Distribution.run(
                        "topics",
                        "create",
                        "orders",
                        "--replicas",
                        "3",
                        "-b",
                        nodes.get(0).bootstrap())
                .succeeded();

        // When one is killed, and its disk comes back with another address
        nodes.get(2).close();
        api.remove(pods.get(2));
        InetSocketAddress elsewhere = pod(14);
        api.add(elsewhere);
        nodes.add(start(2, elsewhere).join());

        // Then
        Distribution.run(
                        "x".getBytes(UTF_8),
                        Map.of(),
                        "produce",
                        "orders",
                        "-b",
                        nodes.get(3).bootstrap())
                .succeeded();
        assertThat(Distribution.run("consume", "orders", "-b", nodes.get(0).bootstrap())
                        .succeeded()
                        .text())
                .isEqualTo("x");
        assertThat(Distribution.run(
                                "cluster", "nodes", "--json", "-b", nodes.get(1).bootstrap())
                        .text())
                .contains("127.0.0.11", "127.0.0.12", "127.0.0.14")
                .doesNotContain("127.0.0.13");
    }

    @Test
    void withoutCredentialsItIsOneLineAndExitCode2() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        Distribution.Result result = Distribution.run(
                ("start --data " + folder.resolve("data") + " --kafka 127.0.0.1:0 --http 127.0.0.1:0 --voters 1"
                                + " -D sluice.cluster.discovery=kubernetes-api"
                                + " -D sluice.cluster.discovery.credentials=" + empty)
                        .split(" "));

        assertThat(result.stderr())
                .isEqualTo("sluice: sluice.cluster.discovery=kubernetes-api: can't read " + empty
                        + "/ca.crt; Kubernetes puts it into a pod that has a service account\n");
        assertThat(result.exitCode()).isEqualTo(2);
    }

    private CompletableFuture<Running> start(int ordinal, InetSocketAddress pod) {
        String ip = pod.getAddress().getHostAddress();
        String arguments = "--node " + ordinal + " --kafka " + ip + ":0 --akka " + ip + ":" + pod.getPort()
                + " --voters 0,1,2 -D sluice.cluster.discovery=kubernetes-api"
                + " -D sluice.cluster.discovery.selector=app.kubernetes.io/instance=orders"
                + " -D sluice.cluster.discovery.credentials=" + api.credentials();
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Distribution.start(folder.resolve("data-" + ordinal), api.environment(), arguments.split(" "));
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /** An address of its own, where nobody listens yet. */
    private static InetSocketAddress pod(int last) throws IOException {
        InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return new InetSocketAddress(address, socket.getLocalPort());
        }
    }
}
