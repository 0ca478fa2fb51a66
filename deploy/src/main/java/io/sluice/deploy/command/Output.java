/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command's answer goes: a table for people, {@code --json} for scripts. */
final class Output {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    boolean isJson() {
        return json;
    }

    /** One line for people; nothing with {@code --json}. */
    void say(String line) {
        if (!json) {
            out().println(line);
        }
    }

    /** A table for people, or {@code value} (maps, lists, text, numbers) for scripts. */
    void print(Object value, Table table, String ifEmpty) {
        if (json) {
            printJson(value);
        } else if (table.isEmpty()) {
            out().println(ifEmpty);
        } else {
            table.lines().forEach(out()::println);
        }
    }

    /** {@code value} as JSON if that was asked for; tells whether it was. */
    boolean printedJson(Object value) {
        if (json) {
            printJson(value);
        }
        return json;
    }

    private void printJson(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }
}
