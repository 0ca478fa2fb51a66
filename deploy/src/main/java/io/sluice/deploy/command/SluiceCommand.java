/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * {@code sluice}: names the commands. Only the command that is called is made, since describing all of them costs start-up time;
 * help and typing errors see them all.
 */
@Command(
        name = "sluice",
        versionProvider = SluiceCommand.Version.class,
        description = "An event-streaming broker that speaks Kafka's protocol.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "sluice COMMAND --help tells more. SLUICE_JAVA_OPTS adds options of the JVM, SLUICE_TRACE=1 stack traces."
        })
@SuppressWarnings("UnusedVariable") // picocli sets and reads the options
public final class SluiceCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this text.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("start", StartCommand::new);
        commands.put("topics", TopicsCommand::new);
        commands.put("produce", ProduceCommand::new);
        commands.put("consume", ConsumeCommand::new);
        commands.put("groups", GroupsCommand::new);
        commands.put("cluster", ClusterCommand::new);
        commands.put("log", LogCommand::new);
        commands.put("prepare", PrepareCommand::new);
        return commands;
    }

    /** Runs a command line and answers the exit code: 0 done, 1 failed, 2 wrongly called or configured. */
    public static int run(String... args) {
        return commandLine(args.length == 0 ? "" : args[0]).execute(args);
    }

    static CommandLine commandLine(String first) {
        CommandLine line = new CommandLine(new SluiceCommand());
        COMMANDS.forEach((name, command) -> {
            if (!COMMANDS.containsKey(first) || name.equals(first)) {
                line.addSubcommand(name, command.get());
            }
        });
        line.setExecutionExceptionHandler((thrown, command, unused) -> Failures.onFailure(thrown, command));
        line.setParameterExceptionHandler((thrown, unused) -> Failures.onWrongCall(thrown, line));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /** The version that the jar was built as. */
    public static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Sluice " + text()};
        }

        /** As in {@code 0.1.0}. */
        public static String text() {
            String version = SluiceCommand.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }
    }
}
