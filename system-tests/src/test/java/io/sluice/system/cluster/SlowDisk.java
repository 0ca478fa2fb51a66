/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk that takes few writes a second, for one process: the kernel's block controller (cgroup v1, {@code blkio.throttle}). It is felt by whoever
 * forces data to the disk; writes to the page cache are as fast as ever.
 */
final class SlowDisk implements AutoCloseable {
    private static final Path CONTROLLER = Path.of("/sys/fs/cgroup/blkio");
    private static final String WRITES_A_SECOND = "blkio.throttle.write_iops_device";

    private final Path group;
    private final String device;

    private SlowDisk(Path group, String device) {
        this.group = group;
        this.device = device;
    }

    /** Whether a disk can be slowed down here. */
    static boolean available(Path data) {
        return Files.isWritable(CONTROLLER.resolve("cgroup.procs"))
                && Files.exists(CONTROLLER.resolve(WRITES_A_SECOND))
                && Files.exists(Path.of("/sys/dev/block", device(data)));
    }

    /** From now on the process gets no more than {@code writes} through to the disk in a second. */
    static SlowDisk of(long pid, Path data, int writes) {
        Path group = CONTROLLER.resolve("sluice-" + pid);
        String device = device(data);
        try {
            Files.createDirectories(group);
            write(group.resolve(WRITES_A_SECOND), device + " " + writes);
            write(group.resolve("cgroup.procs"), Long.toString(pid));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SlowDisk(group, device);
    }

    /** As fast as before. */
    @Override
    public void close() {
        try {
            write(group.resolve(WRITES_A_SECOND), device + " 0"); // no limit: what waits, goes
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                moveOut(pid);
            }
            Files.deleteIfExists(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void moveOut(String pid) throws IOException {
        try {
            write(CONTROLLER.resolve("cgroup.procs"), pid);
        } catch (FileSystemException gone) {
            if (ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
                throw gone;
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@code major:minor} of the whole disk that a folder is on. */
    private static String device(Path folder) {
        try {
            long number = (Long) Files.getAttribute(folder, "unix:dev");
            long major = (number >> 8) & 0xfff;
            long minor = (number & 0xff) | ((number >> 12) & 0xfff00);
            Path partition = Path.of("/sys/dev/block", major + ":" + minor);
            if (Files.exists(partition.resolve("partition"))) {
                return Files.readString(partition.toRealPath().resolveSibling("dev"))
                        .trim();
            }
            return major + ":" + minor;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
