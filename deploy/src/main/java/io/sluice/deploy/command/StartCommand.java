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
 *   Sluice 0.1.0 ready: kafka=127.0.0.1:9092
 * </pre>
 *
 * SIGTERM and SIGINT stop it cleanly with exit code 0. What keeps it from starting is one line on stderr and exit code 2.
 */
@Command(
        name = "start",
        description = "Start a broker.",
        footer = {
            "",
            "Keys of --config and -D are Kafka's (num.partitions, log.retention.ms, ...) and sluice.*; options win over both.",
            "HTTP (--http) and several nodes (--akka, --seeds, --voters) come with a later version and are refused by this one."
        })
final class StartCommand implements Callable<Integer> {
    private static final String NODES_LATER = ": this version runs one node; several come with a later one";

    @Option(names = "--data", paramLabel = "DIR", description = "Where the data is (default: ./data).")
    private String data;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description =
                    "Where Kafka clients connect (default: 127.0.0.1:9092); port 0 picks a free one, 0.0.0.0 is every interface.")
    private String kafka;

    @Option(names = "--node", paramLabel = "N", description = "This node's id (default: 1).")
    private Integer node;

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

    @Option(names = "--http", hidden = true)
    private String http;

    @Option(names = "--akka", hidden = true)
    private String akka;

    @Option(names = "--seeds", hidden = true)
    private String seeds;

    @Option(names = "--voters", hidden = true)
    private String voters;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        BrokerSettings settings = settings();
        if (!List.of("error", "warn", "info", "debug", "trace").contains(logLevel.toLowerCase(Locale.ROOT))) {
            throw CommandFailure.usage("--log-level: \"" + logLevel + "\" is not error, warn, info, debug or trace");
        }
        Logging.broker(logLevel, logFile);
        Broker broker = start(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, stopped), "stop"));
        Logger log = LoggerFactory.getLogger(StartCommand.class);
        settings.withoutEffect()
                .forEach(key -> log.warn("{} is accepted for Kafka's sake and has no effect here", key));
        command.commandLine()
                .getOut()
                .println("Sluice " + SluiceCommand.Version.text() + " ready: kafka=" + broker.bootstrap());
        stopped.await();
        return 0;
    }

    private static Broker start(BrokerSettings settings) {
        try {
            return Broker.start(settings);
        } catch (StartupException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    /** In the shutdown hook: the JVM waits for it, and then ends with the code of the signal; a clean stop is 0. */
    private static void stop(Broker broker, CountDownLatch stopped) {
        int exitCode = 0;
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
        later("--http", http, ": this version speaks Kafka's protocol only");
        later("--akka", akka, NODES_LATER);
        later("--seeds", seeds, NODES_LATER);
        later("--voters", voters, NODES_LATER);
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
        sources.add(new SettingsSource("", options));
        try {
            return BrokerSettings.parse(sources);
        } catch (InvalidConfigException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    private static void later(String option, String value, String why) {
        if (value != null) {
            throw CommandFailure.usage(option + " " + value + why);
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
