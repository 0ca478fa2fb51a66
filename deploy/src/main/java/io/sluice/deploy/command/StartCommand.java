/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import io.sluice.cluster.StartupException;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.InvalidConfigException;
import io.sluice.cluster.config.SettingsSource;
import io.sluice.deploy.broker.Broker;
import io.sluice.deploy.logging.Logging;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sluice start}: a broker in the foreground. When it serves it says so in one line on stdout, which scripts wait for:
 *
 * <pre>
 *   Sluice 0.1.0 ready: kafka=127.0.0.1:9092 http=127.0.0.1:8080
 * </pre>
 *
 * SIGTERM and SIGINT stop it cleanly with exit code 0. What keeps it from starting is one line on stderr and exit code 2; 1 if it may work when it is
 * tried again as it is.
 */
@Command(
        name = "start",
        description = "Start a broker.",
        footer = {
            "",
            "Keys of --config and -D are Kafka's (num.partitions, log.retention.ms, ...) and sluice.*; options win over both.",
            "Several nodes are one cluster when all get the same --seeds and --voters, and each its own --node, --akka, --kafka, --http and --data."
        })
final class StartCommand implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "DIR", description = "Where the data is (default: ./data).")
    private String data;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description =
                    "Where Kafka clients connect (default: 127.0.0.1:9092); port 0 picks a free one, 0.0.0.0 is every interface.")
    private String kafka;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description =
                    "Where HTTP is served: health, metrics, REST (default: 127.0.0.1:8080); port 0 picks a free one, none serves none.")
    private String http;

    @Option(names = "--node", paramLabel = "N", description = "This node's id (default: 1).")
    private Integer node;

    @Option(
            names = "--akka",
            paramLabel = "HOST:PORT",
            description = "Where the other nodes reach this one (default: 127.0.0.1 and a free port).")
    private String akka;

    @Option(
            names = "--seeds",
            paramLabel = "HOST:PORT,...",
            description =
                    "--akka of nodes that let this one in, the same list everywhere; a majority of the voters begins the cluster (default: none, a cluster of one).")
    private String seeds;

    @Option(
            names = "--voters",
            paramLabel = "N,...",
            description =
                    "Nodes that vote on the metadata, 1, 3 or 5 and the same on every node; needed with --seeds (default: this node).")
    private String voters;

    @Option(names = "--config", paramLabel = "FILE", description = "A .properties file.")
    private Path config;

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "One setting; may be repeated.")
    private Map<String, String> properties = Map.of();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "warn",
            description = "error, warn (default), info, debug or trace; the log goes to stderr.")
    private String logLevel;

    @Option(
            names = "--log-file",
            paramLabel = "FILE",
            description = "Write the log to this file too, with stack traces.")
    private Path logFile;

    @Spec
    private CommandSpec command;

    /** Somebody wants the process to end, so that the node stopping is no surprise. */
    private volatile boolean asked;

    @Override
    public Integer call() throws Exception {
        BrokerSettings settings = settings();
        if (!List.of("error", "warn", "info", "debug", "trace").contains(logLevel.toLowerCase(Locale.ROOT))) {
            throw CommandFailure.usage("--log-level: \"" + logLevel + "\" is not error, warn, info, debug or trace");
        }
        Logging.broker(logLevel, logFile);
        rememberNamesBriefly();
        Broker broker = start(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, stopped), "stop"));
        Logger log = LoggerFactory.getLogger(StartCommand.class);
        settings.withoutEffect()
                .forEach(key -> log.warn("{} is accepted for Kafka's sake and has no effect here", key));
        command.commandLine().getOut().println(readyLine(broker));
        broker.whenStopped().thenRun(stopped::countDown);
        stopped.await();
        if (!asked) {
            throw CommandFailure.failed("the node has stopped by itself; the log says why");
        }
        return 0;
    }

    private static String readyLine(Broker broker) {
        return "Sluice " + SluiceCommand.Version.text() + " ready: kafka=" + broker.bootstrap()
                + broker.http().map(address -> " http=" + address).orElse("");
    }

    /** A node that has moved is found again within seconds; in Kubernetes each restart of a pod is a move. */
    private static void rememberNamesBriefly() {
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private static Broker start(BrokerSettings settings) {
        try {
            return Broker.start(settings);
        } catch (StartupException e) {
            throw e.isPassing() ? CommandFailure.failed(e.getMessage()) : CommandFailure.usage(e.getMessage());
        }
    }

    /** In the shutdown hook: the JVM waits for it, and then ends with the code of the signal; a clean stop that was asked for is 0. */
    private void stop(Broker broker, CountDownLatch stopped) {
        boolean byItself = stopped.getCount() == 0;
        asked = !byItself;
        int exitCode = byItself ? CommandFailure.FAILED : 0;
        try {
            broker.close();
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(StartCommand.class).error("did not stop cleanly", e);
            exitCode = CommandFailure.FAILED;
        }
        stopped.countDown();
        Runtime.getRuntime().halt(exitCode);
    }

    /** The settings of the file, of {@code -D} and of the options: later ones win, and each is checked. */
    private BrokerSettings settings() {
        List<SettingsSource> sources = new ArrayList<>();
        if (config != null) {
            sources.add(new SettingsSource(config.toString(), read(config)));
        }
        sources.add(new SettingsSource("-D", properties));
        Map<String, String> options = new LinkedHashMap<>();
        if (data != null) {
            options.put("log.dirs", data);
        }
        if (kafka != null) {
            options.put("listeners", "PLAINTEXT://" + kafka);
        }
        if (node != null) {
            options.put("node.id", node.toString());
        }
        put(options, "sluice.http.listen", http);
        put(options, "sluice.cluster.listen", akka);
        put(options, "sluice.cluster.seeds", seeds);
        put(options, "sluice.cluster.voters", voters);
        sources.add(new SettingsSource("", options));
        try {
            return BrokerSettings.parse(sources);
        } catch (InvalidConfigException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    private static void put(Map<String, String> options, String key, String value) {
        if (value != null) {
            options.put(key, value);
        }
    }

    private static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            read.load(reader);
        } catch (IOException e) {
            throw CommandFailure.usage("--config: can't read " + file + ": " + Connection.reason(e));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--config: " + file + " is no .properties file: " + e.getMessage());
        }
        Map<String, String> values = new LinkedHashMap<>();
        read.stringPropertyNames().forEach(key -> values.put(key, read.getProperty(key)));
        return values;
    }
}
