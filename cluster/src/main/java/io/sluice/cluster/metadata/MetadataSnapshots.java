/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.actors.partition.LogSnapshots;
import io.sluice.log.LogCorruptException;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of the metadata in the folder of its log: {@code <end offset, 20 digits>-<epoch, 10 digits>.image}, each an {@link ImageSnapshot}. A file is written beside,
 * forced, then given its name, so one with a name is whole unless the disk fails; one that is not is set aside ({@code .damaged}), with a line in the log.
 *
 * <p>The newest two are kept, and the log from the older one's end on: either will do for a start.
 */
public final class MetadataSnapshots implements LogSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataSnapshots.class);
    private static final int KEPT = 2;
    private static final Pattern NAME = Pattern.compile("(\\d{20})-(\\d{10})\\.image");

    /** Brings the newest snapshot of another broker; see {@link LogSnapshots#fetch}. */
    @FunctionalInterface
    public interface Courier {
        /** A broker id below 0: whichever has one. */
        void fetch(int broker, long endOffsetMin, Consumer<String> done);
    }

    /** What happened, for metrics. */
    public final LongAdder taken = new LongAdder();

    public final LongAdder fetched = new LongAdder();
    public final LongAdder failed = new LongAdder();

    private final LogFiles files;
    private final Path folder;
    private volatile List<Point> points = List.of();
    private volatile ImageSnapshot latest;
    private volatile Point newest;
    private volatile Courier courier = (broker, endOffsetMin, done) -> done.accept("there are no other brokers");

    private MetadataSnapshots(LogFiles files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /**
     * Looks at what a folder has.
     *
     * @throws MetadataFormatException if the newest whole one is of a newer program
     */
    public static MetadataSnapshots open(LogFiles files, Path folder) throws IOException {
        MetadataSnapshots snapshots = new MetadataSnapshots(files, folder);
        snapshots.look();
        return snapshots;
    }

    /** Once, before anybody fetches. */
    public void connect(Courier way) {
        courier = way;
    }

    private synchronized void look() throws IOException {
        List<Point> found = new ArrayList<>();
        for (LogFiles.Entry entry : files.list(folder)) {
            Matcher name = NAME.matcher(entry.name());
            if (name.matches()) {
                found.add(new Point(Long.parseLong(name.group(1)), (int) Long.parseLong(name.group(2))));
            }
        }
        found.sort(Comparator.comparingLong(Point::endOffset));
        points = List.copyOf(found);
        latest = null;
        while (latest == null && !points.isEmpty()) {
            Point last = points.get(points.size() - 1);
            latest = readOrSetAside(last);
            if (latest == null) {
                points = points.subList(0, points.size() - 1);
            }
        }
        newest = points.isEmpty() ? null : points.get(points.size() - 1);
    }

    private ImageSnapshot readOrSetAside(Point point) throws IOException {
        Path file = file(point);
        try {
            ImageSnapshot snapshot = ImageSnapshot.decode(files.readWhole(file), file.toString());
            if (snapshot.image().offset() != point.endOffset() || snapshot.epoch() != point.epoch()) {
                throw new LogCorruptException(
                        file + " is that of offset " + snapshot.image().offset());
            }
            return snapshot;
        } catch (LogCorruptException damaged) {
            LOG.warn("{}; an older one, the log or another broker's is used", damaged.getMessage());
            files.replace(file, file.resolveSibling(file.getFileName() + ".damaged"));
            return null;
        }
    }

    @Override
    public Point newest() {
        return newest;
    }

    /** The newest one as a whole; null if there is none. */
    public ImageSnapshot latest() {
        return latest;
    }

    /** The file of one; null if it is not there any more. */
    public ByteBuffer content(Point point) throws IOException {
        return files.readWhole(file(point));
    }

    @Override
    public long deletableBefore() {
        List<Point> kept = points;
        return kept.size() < KEPT ? 0 : kept.get(kept.size() - KEPT).endOffset();
    }

    /** An image of this node becomes a snapshot; nothing happens if there is one that is as new. */
    public void take(ImageSnapshot snapshot) throws IOException {
        if (reaches(snapshot.image().offset())) {
            return;
        }
        try {
            if (add(snapshot, snapshot.encode())) {
                taken.increment();
            }
        } catch (IOException | RuntimeException failure) {
            failed.increment();
            throw failure;
        }
    }

    /**
     * The content of another broker's snapshot has arrived.
     *
     * @return false if there is one here that is as new
     */
    public boolean accept(ByteBuffer content, int from) throws IOException {
        try {
            ImageSnapshot snapshot = ImageSnapshot.decode(content.duplicate(), "the snapshot of broker " + from);
            boolean added = add(snapshot, content);
            if (added) {
                fetched.increment();
            }
            return added;
        } catch (IOException | RuntimeException failure) {
            failed.increment();
            throw failure;
        }
    }

    private synchronized boolean add(ImageSnapshot snapshot, ByteBuffer content) throws IOException {
        Point point = new Point(snapshot.image().offset(), snapshot.epoch());
        if (reaches(point.endOffset())) {
            return false;
        }
        files.makeDirectories(folder);
        files.writeAtomically(file(point), content, true);
        List<Point> all = new ArrayList<>(points);
        all.add(point);
        List<Point> old = all.subList(0, Math.max(0, all.size() - KEPT));
        points = List.copyOf(all.subList(old.size(), all.size()));
        latest = snapshot;
        newest = point;
        for (Point one : old) {
            files.delete(file(one));
        }
        return true;
    }

    @Override
    public void fetch(int broker, long endOffsetMin, Consumer<String> done) {
        courier.fetch(broker, endOffsetMin, done);
    }

    @Override
    public synchronized void discardBeyond(long offset) {
        for (Point point : points) {
            if (point.endOffset() > offset) {
                LOG.warn("{}: the log was cut at offset {}, the snapshot goes", file(point), offset);
                try {
                    files.delete(file(point));
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        }
        try {
            look();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path file(Point point) {
        return folder.resolve(String.format("%020d-%010d.image", point.endOffset(), point.epoch()));
    }
}
