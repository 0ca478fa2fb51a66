/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import io.sluice.cluster.config.NearestName;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever a command throws into one line on stderr and an exit code. Stack traces are for {@code SLUICE_TRACE=1}. */
final class Failures {
    private Failures() {}

    /** For {@link CommandLine#setExecutionExceptionHandler}. */
    static int onFailure(Exception thrown, CommandLine command) {
        Throwable cause = unwrap(thrown);
        command.getErr().println("sluice: " + line(cause));
        trace(cause, command.getErr());
        return cause instanceof CommandFailure failure ? failure.exitCode() : CommandFailure.FAILED;
    }

    /** For {@link CommandLine#setParameterExceptionHandler}. */
    static int onWrongCall(ParameterException thrown, CommandLine unused) {
        CommandLine command = thrown.getCommandLine();
        String hint = "";
        if (thrown instanceof UnmatchedArgumentException unmatched) {
            hint = NearestName.of(unmatched.getUnmatched().get(0), known(command))
                    .map(nearest -> " (did you mean " + nearest + "?)")
                    .orElse("");
        }
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println("sluice: " + oneLine(thrown.getMessage()) + hint + "; see " + name + " --help");
        trace(thrown.getCause(), command.getErr());
        return CommandFailure.USAGE;
    }

    /** What could have been written at that place. */
    private static List<String> known(CommandLine command) {
        List<String> names = new ArrayList<>(command.getSubcommands().keySet());
        command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> names.addAll(List.of(option.names())));
        return names;
    }

    /** What happened, in one line that a person can act on. */
    static String line(Throwable cause) {
        if (cause instanceof CommandFailure failure) {
            return oneLine(failure.getMessage());
        }
        String message = oneLine(cause.getMessage());
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return "no answer in time: " + message;
        }
        if (cause instanceof ApiException && !message.isEmpty()) {
            return message;
        }
        if (cause instanceof KafkaException && cause.getCause() instanceof ApiException reason) {
            return line(reason); // what a client wraps says more than the wrapping
        }
        String kind = cause.getClass().getSimpleName();
        return message.isEmpty() ? kind : kind + ": " + message;
    }

    static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String oneLine(String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static void trace(Throwable cause, PrintWriter err) {
        String wanted = System.getenv("SLUICE_TRACE");
        if (cause != null && wanted != null && !wanted.toLowerCase(Locale.ROOT).matches("|0|false|no")) {
            cause.printStackTrace(err);
        }
    }
}
