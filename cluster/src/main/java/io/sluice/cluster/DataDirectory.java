/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;

/**
 * A node's data directory: locked while the node runs, and marked with who it belongs to.
 *
 * <pre>
 *   data/
 *     lock              held by the process that uses the directory
 *     node.properties   format.version=1, node.id, directory.id, cluster.id (once it is known)
 *     replica-state     journal of promised and synced epochs
 *     topics/           see PartitionFolders
 * </pre>
 */
final class DataDirectory implements AutoCloseable {
    static final int FORMAT_VERSION = 1;

    private final Path path;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final int nodeId;
    private final UUID directoryId;
    private volatile String clusterId;

    private DataDirectory(
            Path path, FileChannel lockChannel, FileLock lock, int nodeId, UUID directoryId, String clusterId) {
        this.path = path;
        this.lockChannel = lockChannel;
        this.lock = lock;
        this.nodeId = nodeId;
        this.directoryId = directoryId;
        this.clusterId = clusterId;
    }

    /** @throws StartupException if the directory can't be this node's */
    static DataDirectory open(Path path, int nodeId) {
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException file) {
            throw new StartupException("data directory " + path + " is a file: choose another with --data");
        } catch (IOException unusable) {
            throw new StartupException("data directory " + path + " can't be made: " + describe(unusable), unusable);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new StartupException("data directory " + path
                        + " is in use by another node: stop that one, or choose another directory with --data");
            }
            return read(path, channel, lock, nodeId);
        } catch (IOException unusable) {
            closeQuietly(channel);
            throw new StartupException("data directory " + path + " can't be used: " + describe(unusable), unusable);
        } catch (StartupException refused) {
            closeQuietly(channel);
            throw refused;
        }
    }

    Path path() {
        return path;
    }

    UUID directoryId() {
        return directoryId;
    }

    /** Null until the cluster is known. */
    String clusterId() {
        return clusterId;
    }

    /** @throws StartupException if the directory belongs to another cluster */
    void joinCluster(String id) {
        if (clusterId != null && !clusterId.equals(id)) {
            throw new StartupException("data directory " + path + " belongs to cluster " + clusterId
                    + ", the metadata is that of cluster " + id);
        }
        if (clusterId == null) {
            clusterId = id;
            try {
                write(path, nodeId, directoryId, id);
            } catch (IOException unusable) {
                throw new StartupException(path + " can't be written: " + describe(unusable), unusable);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockChannel.close();
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static DataDirectory read(Path path, FileChannel channel, FileLock lock, int nodeId) throws IOException {
        Path file = path.resolve("node.properties");
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (NoSuchFileException fresh) {
            UUID directoryId = UUID.randomUUID();
            write(path, nodeId, directoryId, null);
            return new DataDirectory(path, channel, lock, nodeId, directoryId, null);
        } catch (IllegalArgumentException | java.nio.charset.MalformedInputException garbage) {
            throw new StartupException(file + " is not readable: it should be a properties file");
        }
        check(file, properties, nodeId);
        return new DataDirectory(
                path,
                channel,
                lock,
                nodeId,
                UUID.fromString(properties.getProperty("directory.id")),
                properties.getProperty("cluster.id"));
    }

    private static void check(Path file, Properties properties, int nodeId) {
        int version = number(file, properties, "format.version");
        if (version > FORMAT_VERSION) {
            throw new StartupException(file + " has format version " + version
                    + ", written by a newer program; this one knows version " + FORMAT_VERSION);
        }
        int owner = number(file, properties, "node.id");
        if (owner != nodeId) {
            throw new StartupException(file + " belongs to node " + owner + ", this is node " + nodeId
                    + ": start with node.id=" + owner + " or with another data directory");
        }
        try {
            UUID.fromString(String.valueOf(properties.getProperty("directory.id")));
        } catch (IllegalArgumentException garbage) {
            throw new StartupException(file + " has no readable directory.id");
        }
    }

    private static int number(Path file, Properties properties, String key) {
        String value = properties.getProperty(key);
        try {
            return Integer.parseInt(String.valueOf(value).strip());
        } catch (NumberFormatException garbage) {
            throw new StartupException(
                    file + (value == null ? " has no " + key : " has an unreadable " + key + ": " + value));
        }
    }

    private static void write(Path path, int nodeId, UUID directoryId, String clusterId) throws IOException {
        String content = "# Sluice: who this directory belongs to. Not to be edited.\n"
                + "format.version=" + FORMAT_VERSION + "\n"
                + "node.id=" + nodeId + "\n"
                + "directory.id=" + directoryId + "\n"
                + (clusterId == null ? "" : "cluster.id=" + clusterId + "\n");
        Path draft = path.resolve("node.properties.new");
        Files.writeString(draft, content);
        Files.move(
                draft,
                path.resolve("node.properties"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static String describe(IOException failure) {
        return failure instanceof AccessDeniedException denied
                ? "no permission for " + denied.getFile()
                : failure.getMessage();
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // the start fails with a better reason
        }
    }
}
