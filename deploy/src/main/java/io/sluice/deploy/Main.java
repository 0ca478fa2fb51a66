/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy;

import io.sluice.deploy.command.SluiceCommand;
import io.sluice.deploy.logging.Logging;

/** The process: hands its arguments to the command line and ends with its exit code. */
public final class Main {
    private Main() {}

    /** Entry point of {@code bin/sluice}. */
    public static void main(String[] args) {
        Logging.off();
        System.exit(SluiceCommand.run(args));
    }
}
