/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One node of a {@link TestCluster}: its process, or several of them one after the other; its data directory; what is done to it.
 */
public final class TestNode {
    private static final String JAVA_OPTIONS = "-Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dsluice.boot.id=";
    private static final int ENDED_BY_ITSELF = 1;
    private static final int SLOW_DISK_WRITES_A_SECOND = 20;
    private static final int PULSES_EVERY_MS = 100;
    private static final int PULSE_MS = 10;

    private final int id;
    private final Network network;
    private final Path folder;
    private final Map<String, String> settings;
    private final String seeds;
    private final String voters;
    private final ScheduledExecutorService pulses;
    private final List<SluiceProcess> processes = new ArrayList<>();
    private UUID boot = UUID.randomUUID();
    private SlowDisk slowDisk;
    private List<ScheduledFuture<?>> pulse = List.of();
    private boolean paused;

    /** It has served, and nobody has ended it since. */
    private boolean meantToRun;

    TestNode(
            int id,
            Network network,
            Path folder,
            String seeds,
            String voters,
            Map<String, String> settings,
            ScheduledExecutorService pulses) {
        this.id = id;
        this.network = network;
        this.folder = folder;
        this.seeds = seeds;
        this.voters = voters;
        this.settings = Map.copyOf(settings);
        this.pulses = pulses;
    }

    /** Its number. */
    public int id() {
        return id;
    }

    /** {@code host:port} for clients. */
    public String kafka() {
        return network.kafka(id);
    }

    /** {@code http://host:port}, the same after a restart. */
    public String http() {
        return "http://" + network.http(id);
    }

    /** How often it was started. */
    public synchronized int starts() {
        return processes.size();
    }

    /** Where its data is. */
    public Path data() {
        return folder.resolve("data-" + id);
    }

    /** What it logs, over all its processes. */
    Path log() {
        return folder.resolve("node-" + id + ".log");
    }

    /** All its processes so far. */
    List<SluiceProcess> processes() {
        return List.copyOf(processes);
    }

    /** Whether it runs, paused or not. */
    public synchronized boolean isRunning() {
        return !processes.isEmpty() && current().isAlive();
    }

    /** Whether it runs and has said that it serves. */
    public synchronized boolean isReady() {
        boolean ready = isRunning() && current().isReady();
        meantToRun |= ready;
        return ready;
    }

    /**
     * Does what a supervisor of processes does: a node that has ended by itself, as one does that is cut off from the others, is started again.
     */
    synchronized void supervise() {
        if (meantToRun && !isRunning()) {
            int code = current().awaitEnd();
            System.out.println(this + " has ended by itself with exit code " + code);
            meantToRun = false;
            if (code == ENDED_BY_ITSELF) {
                launch();
            }
        }
    }

    /** Starts it, and does not wait. */
    public synchronized void launch() {
        assertThat(isRunning()).as("node %d runs", id).isFalse();
        var builder = SluiceProcess.in(data())
                .host(network.host(id))
                .port(network.kafkaPort(id))
                .httpPort(network.httpPort(id))
                .option("--node", id)
                .option("--akka", network.host(id) + ":" + network.akkaPort(id))
                .option("--log-level", "info")
                .option("--log-file", log())
                .javaOptions(JAVA_OPTIONS + boot + " " + network.javaOptions(id))
                .within(network.wrapper(id));
        if (!seeds.isEmpty()) {
            builder.option("--seeds", seeds).option("--voters", voters);
        }
        network.settings(id).forEach(builder::set);
        settings.forEach(builder::set);
        try {
            processes.add(builder.launch());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        paused = false;
    }

    /** Waits until it serves. */
    public void awaitReady() {
        current().awaitReady();
        assertThat(isReady()).as("%s is ready", this).isTrue();
    }

    /** Starts it and waits until it serves. */
    public void start() {
        launch();
        awaitReady();
    }

    /** kill -9. What it wrote stays, for the kernel has it. */
    public synchronized void kill() {
        meantToRun = false;
        current().kill();
        undoSlowness();
    }

    /** SIGTERM; the exit code of a clean stop is 0. */
    public synchronized int stop() {
        meantToRun = false;
        resume();
        return current().stop();
    }

    /** SIGTERM, without waiting. */
    public synchronized void askToStop() {
        meantToRun = false;
        current().askToStop();
    }

    /** SIGSTOP: it stands still, its connections stay. */
    public void pause() {
        current().signal("STOP");
        paused = true;
    }

    /** SIGCONT, if it is paused. */
    public void resume() {
        if (paused && isRunning()) {
            current().signal("CONT");
        }
        paused = false;
    }

    /** Lets it run a tenth of the time only, in pulses. */
    public void slowDown() {
        pulse = List.of(every(0, "CONT"), every(PULSE_MS, "STOP"));
    }

    private ScheduledFuture<?> every(int afterMs, String signal) {
        SluiceProcess process = current();
        Runnable send = () -> {
            if (process.isAlive()) {
                process.signal(signal);
            }
        };
        return pulses.scheduleAtFixedRate(send, afterMs, PULSES_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** A signal that is being sent just now must not come after what is done next. */
    private void awaitPulses() {
        try {
            pulses.submit(() -> {}).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether its disk can be slowed down here. */
    public boolean canSlowDisk() {
        return SlowDisk.available(folder);
    }

    /** Lets its disk take few writes a second. */
    public void slowDownDisk() {
        slowDisk = SlowDisk.of(current().pid(), folder, SLOW_DISK_WRITES_A_SECOND);
    }

    /** Ends pauses and slowness of any kind. */
    public void undoSlowness() {
        if (slowDisk != null) {
            slowDisk.close();
            slowDisk = null;
        }
        if (!pulse.isEmpty()) {
            pulse.forEach(signals -> signals.cancel(false));
            awaitPulses();
            pulse = List.of();
            paused = true; // by the last pulse, perhaps
        }
        resume();
    }

    /** Deletes all its data. It must not run. */
    public void wipe() {
        assertThat(isRunning()).as("node %d runs", id).isFalse();
        Folders.delete(data());
    }

    /** A power loss: the ends of files that were not forced are gone, and the kernel runs anew. It must not run. */
    public void loseTail(Random random) {
        assertThat(isRunning()).as("node %d runs", id).isFalse();
        LostTail.of(data(), random);
        boot = UUID.randomUUID();
    }

    /** The replicas that its state file knows. */
    ReplicaStates replicaStates() throws IOException {
        return ReplicaStates.of(data());
    }

    /** The run of the kernel that it believes to be in, as it writes it down. */
    UUID boot() {
        return UUID.nameUUIDFromBytes(boot.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The value of a metric by its name in its metrics file, at most a second old; NaN if it is not there. */
    public double metric(String name) {
        return lines("metrics")
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Its health file, at most a second old; empty if there is none. */
    public String health() {
        return lines("health").collect(Collectors.joining("\n"));
    }

    private Stream<String> lines(String file) {
        try {
            return Files.readAllLines(data().resolve(file)).stream();
        } catch (NoSuchFileException notThere) {
            return Stream.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it counts itself, as it wrote it down last, and if it runs, what the kernel counts: memory, bytes read and written, open files. */
    String counters() {
        return Counters.of(data()) + (isRunning() ? Counters.of(current().pid()) : "");
    }

    /** The process that runs, or ran last. */
    synchronized SluiceProcess current() {
        return processes.get(processes.size() - 1);
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
