/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the system. */
final class Shell {
    private static final int SECONDS_MAX = 20;

    private Shell() {}

    private record Result(int code, String output) {}

    /** Runs a command that must succeed. */
    static void run(String... words) {
        Result result = execute(words);
        if (result.code() != 0) {
            throw new IllegalStateException(
                    "%s: exit code %d: %s".formatted(List.of(words), result.code(), result.output()));
        }
    }

    /** Whether a command is there and succeeds. */
    static boolean works(String... words) {
        return execute(words).code() == 0;
    }

    /** What a command prints; empty if it fails. */
    static String output(String... words) {
        Result result = execute(words);
        return result.code() == 0 ? result.output() : "";
    }

    private static Result execute(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(-1, "no end within " + SECONDS_MAX + " s");
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            return new Result(-1, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
