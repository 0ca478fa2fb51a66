/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The one call of the Kubernetes API that a node makes, over TLS, with a service account's credentials in a folder: list pods. */
final class FakeApiServer implements AutoCloseable {
    private static final String TOKEN = "a-token";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final HttpsServer server;
    private final Path credentials;
    private final List<InetSocketAddress> pods = new CopyOnWriteArrayList<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();

    FakeApiServer(Path folder) throws Exception {
        this.credentials = Files.createDirectories(folder.resolve("serviceaccount"));
        Path keys = folder.resolve("keys.p12");
        keytool(
                "-genkeypair -alias api -keyalg RSA -dname CN=kubernetes -ext SAN=ip:127.0.0.1 -validity 2 -storetype PKCS12",
                keys);
        keytool("-exportcert -rfc -alias api -file " + credentials.resolve("ca.crt"), keys);
        Files.writeString(credentials.resolve("token"), TOKEN);
        Files.writeString(credentials.resolve("namespace"), "streams");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.createContext("/", this::answer);
        server.start();
    }

    /** There is one more pod, with this address as that of its port "akka". */
    void add(InetSocketAddress akka) {
        pods.add(akka);
    }

    /** A pod is gone. */
    void remove(InetSocketAddress akka) {
        pods.remove(akka);
    }

    /** What a pod's environment says, and this folder instead of Kubernetes' own. */
    Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                String.valueOf(server.getAddress().getPort()));
    }

    Path credentials() {
        return credentials;
    }

    /** Path and query of each request so far. */
    Queue<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestURI().toString());
        boolean known = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = (known ? podList() : "{}").getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(known ? 200 : 403, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String podList() {
        return pods.stream()
                .map(pod -> """
                        {"metadata": {"name": "a-pod"},
                         "spec": {"containers": [{"name": "sluice", "ports": [
                           {"name": "kafka", "containerPort": 9092}, {"name": "akka", "containerPort": %d}]}]},
                         "status": {"phase": "Running", "podIP": "%s", "containerStatuses": [
                           {"name": "sluice", "state": {"running": {"startedAt": "2026-11-21T06:00:00Z"}}}]}}""".formatted(pod.getPort(), pod.getAddress().getHostAddress()))
                .collect(Collectors.joining(",", "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": [", "]}"));
    }

    private static SSLContext tls(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String arguments, Path keys) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        String all = keytool + " " + arguments + " -keystore " + keys + " -storepass " + new String(PASSWORD);
        Process process =
                new ProcessBuilder(all.split(" ")).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("keytool ended").isTrue();
        assertThat(process.exitValue()).as("keytool: %s", output).isZero();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
