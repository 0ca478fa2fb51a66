/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.Limits;
import io.sluice.actors.partition.FolderRemoval;
import io.sluice.log.LogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Opens the one {@link LogRig} of a test, and closes it behind the test. */
final class LogRigs implements AfterEachCallback {
    private Path folder;
    private LogRig rig;

    LogRig open(int partitions) throws IOException {
        return open(partitions, SubscriptionSettings.DEFAULTS, Limits.DEFAULTS);
    }

    LogRig open(int partitions, SubscriptionSettings settings, Limits limits) throws IOException {
        folder = Files.createTempDirectory("sluice-log-rig-").resolve("data");
        rig = new LogRig(folder, partitions, settings, limits, LogConfig.DEFAULTS);
        return rig;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (rig != null) {
            rig.close();
            FolderRemoval.remove(folder);
        }
    }
}
