/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The small file system of a broker started with {@link SluiceProcess.Builder#onSmallDisk}: how to take its room away and
 * give it back. The broker sees the mount in its own namespace; from outside it is {@code /proc/PID/root/DIR}.
 */
public final class SmallDisk {
    private static final String BALLAST = "ballast";

    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    /** The disk of a running broker. */
    public static SmallDisk of(SluiceProcess sluice, Path data) {
        return new SmallDisk(Path.of("/proc", Long.toString(sluice.pid()), "root" + data.toAbsolutePath()));
    }

    /** Bytes that can still be written. */
    public long freeBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    /** Fills it but for {@code leave} bytes. */
    public void takeAllBut(long leave) throws IOException {
        long take = freeBytes() - leave;
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(root.resolve(BALLAST))) {
            for (long written = 0; written < take; written += block.length) {
                out.write(block, 0, (int) Math.min(block.length, take - written));
            }
        }
    }

    /** Gives back what was taken. */
    public void giveBack() throws IOException {
        Files.delete(root.resolve(BALLAST));
    }

    /** The words to put before a command so that {@code folder} is such a disk for it. */
    static List<String> wrapper(Path folder, int mebibytes) {
        List<String> namespace = List.of("unshare", "--map-root-user", "--mount");
        if (!works(namespace)) {
            namespace = List.of("unshare", "--mount"); // root in a container may mount, but not make user namespaces
        }
        if (!works(namespace)) {
            throw new IllegalStateException(
                    "can't mount a small file system: neither root's right to mount nor user namespaces"
                            + " are there (Linux with util-linux' unshare; sysctl kernel.unprivileged_userns_clone=1)");
        }
        var words = new ArrayList<>(namespace);
        words.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=%dm none \"$0\" && exec \"$@\"".formatted(mebibytes),
                folder.toAbsolutePath().toString()));
        return List.copyOf(words);
    }

    private static boolean works(List<String> namespace) {
        try {
            var words = new ArrayList<>(namespace);
            words.addAll(List.of("sh", "-c", "mount -t tmpfs -o size=1m none /mnt"));
            var process = new ProcessBuilder(words).redirectErrorStream(true).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no unshare
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
