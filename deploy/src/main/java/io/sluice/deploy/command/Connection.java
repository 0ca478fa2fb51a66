/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Option;

/**
 * How a command reaches the broker: the options that all of them share, and the clients made from them.
 * A client would try for a minute to reach a broker that is not there; a person wants to know at once, so the address is tried first.
 */
final class Connection {
    private static final int CONNECT_TIMEOUT_MS = 3_000;

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            defaultValue = "${env:SLUICE_BOOTSTRAP:-127.0.0.1:9092}",
            description =
                    "Where the broker is (default: $SLUICE_BOOTSTRAP or 127.0.0.1:9092); several separated by commas.")
    private String bootstrap;

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description = "A .properties file with further settings of Kafka's clients (security, for example).")
    private Path clientConfig;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    int timeoutMs() {
        return Math.multiplyExact(timeoutSeconds, 1000);
    }

    Duration timeout() {
        return Duration.ofSeconds(timeoutSeconds);
    }

    Admin admin() {
        Map<String, Object> settings = settings();
        settings.put("default.api.timeout.ms", timeoutMs());
        settings.put("request.timeout.ms", timeoutMs());
        return Admin.create(settings);
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = settings();
        settings.putAll(more);
        settings.put("max.block.ms", (long) timeoutMs());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> more) {
        Map<String, Object> settings = settings();
        settings.putAll(more);
        settings.put("default.api.timeout.ms", timeoutMs());
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The value of a future of the admin client, or what went wrong as itself. */
    <T> T await(KafkaFuture<T> future) throws Exception {
        try {
            return future.get(timeoutSeconds + 1L, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        } catch (TimeoutException late) {
            throw CommandFailure.failed("no answer from " + bootstrap + " within " + timeoutSeconds + " s", late);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        if (clientConfig != null) {
            Properties read = new Properties();
            try (Reader reader = Files.newBufferedReader(clientConfig)) {
                read.load(reader);
            } catch (IOException e) {
                throw CommandFailure.usage("--client-config: can't read " + clientConfig + ": " + reason(e));
            }
            read.stringPropertyNames().forEach(key -> settings.put(key, read.getProperty(key)));
        }
        reach();
        settings.put("bootstrap.servers", bootstrap);
        settings.putIfAbsent("client.id", "sluice-command-line");
        settings.put("enable.metrics.push", false);
        return settings;
    }

    /** Succeeds if one of the addresses accepts a connection. */
    private void reach() {
        String failure = "";
        for (String address : List.of(bootstrap.split(","))) {
            InetSocketAddress target = address(address.strip());
            if (target.isUnresolved()) {
                failure = "no such host";
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(target, Math.min(CONNECT_TIMEOUT_MS, timeoutMs()));
                return;
            } catch (IOException e) {
                failure = reason(e);
            }
        }
        throw CommandFailure.failed("cannot reach " + bootstrap + " (" + failure
                + "): is the broker running there? --bootstrap names another");
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new InetSocketAddress(
                        text.substring(0, colon).replaceAll("^\\[|]$", ""),
                        Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message
        }
        throw CommandFailure.usage("--bootstrap: \"" + text + "\" is not HOST:PORT");
    }

    static String reason(IOException e) {
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
