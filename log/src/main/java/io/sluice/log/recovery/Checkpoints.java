/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.epoch.LeaderEpochHistory;
import java.io.IOException;

/**
 * What a log keeps in the small files beside its segments, and when it is stored there: the leader-epoch history, the recovery
 * point, the mark of a clean stop. The writer's.
 *
 * <p>The order matters at a crash: the mark goes before the first write; the recovery point passes an offset only after the epochs below it are
 * on disk, since recovery learns epochs from the batches beyond the recovery point alone.
 */
public final class Checkpoints {
    private final LogFolder folder;
    private LeaderEpochHistory epochs;
    private boolean epochsUnsaved;
    private boolean epochsUnforced;
    private long recoveryPoint;
    private boolean marked;

    public Checkpoints(LogFolder folder, Recovered recovered) {
        this.folder = folder;
        this.epochs = recovered.epochs();
        this.recoveryPoint = recovered.recoveryPoint();
        this.marked = recovered.cleanStop();
    }

    public LeaderEpochHistory epochs() {
        return epochs;
    }

    /** An epoch begins; stored with its first batch. Nothing happens if the history knows it, or a later one. */
    public void epochBegins(int epoch, long startOffset) {
        if (epoch > epochs.lastEpoch()) {
            change(epochs.assign(epoch, startOffset));
        }
    }

    /** Another history: of a log that was cut, or whose write was undone. */
    public void change(LeaderEpochHistory history) {
        if (!history.equals(epochs)) {
            epochs = history;
            epochsUnsaved = true;
            epochsUnforced = true;
        }
    }

    /** The log is about to be changed. */
    public void beforeWrite() throws IOException {
        if (marked) {
            folder.deleteCleanStop();
            marked = false;
        }
        if (epochsUnsaved) {
            folder.writeEpochs(epochs, false);
            epochsUnsaved = false;
        }
    }

    /** Everything below an offset is on disk. */
    public void forcedUpTo(long offset) throws IOException {
        if (offset > recoveryPoint) {
            if (epochsUnforced) {
                folder.writeEpochs(epochs, true);
                epochsUnforced = false;
                epochsUnsaved = false;
            }
            folder.writeRecoveryPoint(offset);
            recoveryPoint = offset;
        }
    }

    /** The log is about to be cut: after a crash in between, what was cut must not count as forced. */
    public void beforeCut(long offset) throws IOException {
        beforeWrite();
        if (recoveryPoint > offset) {
            folder.writeRecoveryPoint(offset);
            recoveryPoint = offset;
        }
        folder.deleteSnapshotsBeyond(offset);
    }

    /** The log is closed and on disk as a whole. */
    public void cleanStop(long logEndOffset, int lastEpoch, long activeBaseOffset, long activeBytes)
            throws IOException {
        if (epochsUnsaved || epochsUnforced) {
            folder.writeEpochs(epochs, true);
            epochsUnsaved = false;
            epochsUnforced = false;
        }
        forcedUpTo(logEndOffset);
        folder.writeCleanStop(logEndOffset, lastEpoch, activeBaseOffset, activeBytes);
        marked = true;
    }
}
