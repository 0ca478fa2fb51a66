/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.broker;

import java.io.IOException;
import java.nio.file.Path;

/** Where a test's clients connect to. */
public interface Broker extends AutoCloseable {
    /** {@code host:port} for {@code bootstrap.servers}. */
    String bootstrap();

    @Override
    void close();

    /**
     * A broker that the test does not need to kill: a new Sluice process with its data in {@code data}, or, if
     * {@code -Dsluice.bootstrap=HOST:PORT} is given, the one that already runs there. The latter proves the tests
     * themselves against another broker.
     */
    static Broker any(Path data) throws IOException {
        String given = System.getProperty("sluice.bootstrap", "");
        return given.isBlank() ? SluiceProcess.in(data).start() : new Given(given);
    }

    /** A broker that was there before the test and stays after it. */
    record Given(String bootstrap) implements Broker {
        @Override
        public void close() {}
    }
}
