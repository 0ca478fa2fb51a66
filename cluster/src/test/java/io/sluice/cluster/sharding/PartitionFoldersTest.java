/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionFoldersTest {
    private static final UUID KNOWN = new UUID(1, 2);
    private static final UUID DELETED = new UUID(3, 4);

    @TempDir
    Path data;

    @Test
    void foldersOfTopicsThatTheMetadataDoesNotKnowAreOrphans() throws Exception {
        // Given
        PartitionFolders folders = new PartitionFolders(data);
        Path known = Files.createDirectories(folders.folder("orders", KNOWN, 0));
        Path orphan = Files.createDirectories(folders.folder("orders", DELETED, 0));
        Files.writeString(orphan.resolve("00000000000000000000.log"), "x");
        Path metadata = Files.createDirectories(folders.folder("__cluster_metadata", EntityIds.METADATA_TOPIC_ID, 0));
        Path foreign = Files.createDirectories(data.resolve("topics/lost+found/what"));
        ClusterImage image = ClusterImage.EMPTY.with(
                List.of(new MetadataRecord.TopicCreated(KNOWN, "orders", false, List.of(), Map.of())), 1);

        // When
        List<Path> orphans = folders.orphans(image);

        // Then
        assertThat(orphans).containsExactly(orphan);
        PartitionFolders.remove(orphan);
        assertThat(known).exists();
        assertThat(metadata).exists();
        assertThat(foreign).exists();
        assertThat(orphan).doesNotExist();
    }

    @Test
    void theLastPartitionTakesTheTopicsFolderAlong() throws Exception {
        // Given
        PartitionFolders folders = new PartitionFolders(data);
        Path only = Files.createDirectories(folders.folder("orders", KNOWN, 0));

        // When
        PartitionFolders.remove(only);

        // Then
        assertThat(data.resolve("topics/orders")).doesNotExist();
    }
}
