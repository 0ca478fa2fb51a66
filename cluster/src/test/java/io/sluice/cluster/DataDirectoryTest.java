/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void remembersWhoItBelongsTo() throws Exception {
        // Given
        UUID directoryId;
        try (DataDirectory directory = DataDirectory.open(folder.resolve("new/data"), 3)) {
            directoryId = directory.directoryId();
            directory.joinCluster("abc");
        }

        // When
        try (DataDirectory again = DataDirectory.open(folder.resolve("new/data"), 3)) {
            // Then
            assertThat(again.directoryId()).isEqualTo(directoryId);
            assertThat(again.clusterId()).isEqualTo("abc");
            assertThatThrownBy(() -> again.joinCluster("xyz"))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("belongs to cluster abc")
                    .hasMessageContaining("cluster xyz");
        }
    }

    @Test
    void isUsedByOneNodeAtATime() throws Exception {
        // Given
        try (DataDirectory directory = DataDirectory.open(folder, 1)) {
            // When, then
            assertThatThrownBy(() -> DataDirectory.open(folder, 1))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining(directory.path() + " is in use by another node");
        }
        DataDirectory.open(folder, 1).close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format.version=9,node.id=1|written by a newer program",
                "format.version=1,node.id=2|belongs to node 2, this is node 1",
                "format.version=1|has no node.id",
                "format.version=one,node.id=1|unreadable format.version: one",
                "format.version=1,node.id=1,directory.id=x|no readable directory.id",
            })
    void refusesWhatIsNotItsOwnInOneLine(String content, String why) throws Exception {
        // Given
        Files.writeString(folder.resolve("node.properties"), content.replace(',', '\n'));

        // When, then
        assertThatThrownBy(() -> DataDirectory.open(folder, 1))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("file"), "");

        // When, then
        assertThatThrownBy(() -> DataDirectory.open(file, 1))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("is a file");
    }
}
