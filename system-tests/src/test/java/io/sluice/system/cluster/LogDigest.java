/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** All segments of a partition's log, one after the other, in short. */
record LogDigest(long bytes, long crc32c) {
    /** Of all partitions of a topic, by the name of their folder. */
    static Map<String, LogDigest> ofTopic(Path data, String topic) {
        var segments = new TreeMap<String, CRC32C>();
        var sizes = new TreeMap<String, Long>();
        for (Path file : Folders.files(data.resolve("topics").resolve(topic))) {
            if (file.toString().endsWith(".log")) { // by their first offset, for the paths are sorted
                String partition = file.getParent().getFileName().toString();
                byte[] content = read(file);
                segments.computeIfAbsent(partition, p -> new CRC32C()).update(content, 0, content.length);
                sizes.merge(partition, (long) content.length, Long::sum);
            }
        }
        var digests = new TreeMap<String, LogDigest>();
        segments.forEach(
                (partition, crc) -> digests.put(partition, new LogDigest(sizes.get(partition), crc.getValue())));
        return digests;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
