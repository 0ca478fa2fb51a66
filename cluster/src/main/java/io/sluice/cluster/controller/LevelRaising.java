/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.List;

/** Raises the level of the cluster's metadata, if every registered broker knows the higher one, whether it runs now or not. */
final class LevelRaising {
    private LevelRaising() {}

    /** @param own of the controller's program */
    static Decision<Outcome> decide(ClusterImage image, ControllerRequest.RaiseLevel request, MetadataLevels own) {
        short present = MetadataLevels.of(image);
        short level = request.level();
        if (level == present) {
            return Decision.nothing(Outcome.DONE);
        } else if (level < present) {
            return refused("The metadata is at level " + present
                    + " and may have what older programs don't know: its level does not go down.");
        } else if (!own.has(level)) {
            return refused(
                    "The controller's program knows level " + own.min() + " to " + own.max() + ", not " + level + ".");
        }
        List<Integer> behind = image.brokers().keySet().stream()
                .filter(broker -> !image.levels(broker).has(level))
                .sorted()
                .toList();
        if (!behind.isEmpty()) {
            return refused("The brokers " + behind + " don't know level " + level
                    + ": upgrade them first, or unregister those that are gone.");
        } else if (request.validateOnly()) {
            return Decision.nothing(Outcome.DONE);
        }
        return new Decision<>(List.of(new MetadataRecord.FeatureLevelSet(MetadataLevels.FEATURE, level)), Outcome.DONE);
    }

    private static Decision<Outcome> refused(String message) {
        return Decision.nothing(new Outcome(ErrorCode.INVALID_UPDATE_VERSION, message));
    }
}
