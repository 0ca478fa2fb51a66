/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.LogSnapshots;
import io.sluice.cluster.membership.SnapshotCourier;
import io.sluice.cluster.metadata.MetadataSnapshots;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The snapshots of the metadata as their courier sees them. */
record SnapshotTransfers(MetadataSnapshots snapshots) implements SnapshotCourier.Store {
    @Override
    public SnapshotCourier.Content newest() throws IOException {
        LogSnapshots.Point point = snapshots.newest();
        ByteBuffer content = point == null ? null : snapshots.content(point);
        return content == null ? null : new SnapshotCourier.Content(point.endOffset(), content);
    }

    @Override
    public void accept(ByteBuffer content, int from) throws IOException {
        snapshots.accept(content, from);
    }
}
