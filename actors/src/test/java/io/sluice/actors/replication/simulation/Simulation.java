/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.Mistake;
import io.sluice.actors.replication.ReplicaCore;
import io.sluice.actors.replication.ReplicaEffect;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** One run: some hundred steps of trouble, then peace, in which the partition must serve again. */
final class Simulation {
    private static final int RECORDS_A_FETCH_MAX = 3;
    private static final int UNCLEAN_FLOOR = 10_000;
    private static final int PEACEFUL_RECORDS_MAX = 1_000;

    final Oracle oracle;
    private final SplittableRandom random;
    private final Weather weather;
    private final Mistake mistake;
    final Census census;
    private final List<String> trace;
    private final Network network;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<ReplicaSet> sets = new ArrayList<>();
    private int inForce = -1;
    private boolean peace;
    private int step;

    /** @param trace takes what happens, line by line; null if nobody wants to read it */
    Simulation(long seed, Mistake mistake, Census census, List<String> trace) {
        this.census = census;
        this.random = new SplittableRandom(seed);
        this.weather = new Weather(random);
        this.mistake = mistake;
        this.trace = trace;
        this.oracle = new Oracle(weather.catastrophic);
        int count = weather.voters + weather.spares;
        this.network = new Network(count);
        sets.add(ReplicaSet.first(IntStream.range(0, weather.voters).boxed().toList()));
        for (int id = 0; id < count; id++) {
            nodes.add(new SimulatedNode(this, id, id < weather.voters));
        }
    }

    /** Without any trouble but that which a test makes. */
    Simulation(int voters, int spares, Mistake mistake) {
        this.census = new Census();
        this.random = new SplittableRandom(voters);
        this.weather = Weather.calm(voters);
        this.mistake = mistake;
        this.trace = new ArrayList<>();
        this.oracle = new Oracle(false);
        this.network = new Network(voters + spares);
        this.peace = true;
        sets.add(ReplicaSet.first(IntStream.range(0, voters).boxed().toList()));
        IntStream.range(0, voters + spares).forEach(id -> nodes.add(new SimulatedNode(this, id, id < voters)));
        nodes.forEach(this::start);
    }

    /** The metadata has the next set; nobody knows of it yet. */
    void propose(Integer... voters) {
        sets.add(new ReplicaSet(newest().version() + 1, List.of(voters)));
    }

    SimulatedNode node(int id) {
        return nodes.get(id);
    }

    /** Everything among these nodes arrives, and their disks write; what others send or should get waits. */
    void settleAmong(Integer... some) {
        List<Integer> among = List.of(some);
        boolean idle = false;
        while (!idle) {
            idle = true;
            for (int id : among) {
                if (nodes.get(id).isUp() && nodes.get(id).isWriting()) {
                    nodes.get(id).persistOne();
                    idle = false;
                }
            }
            Optional<Network.Envelope> next =
                    network.takeFirst(envelope -> among.contains(envelope.from()) && among.contains(envelope.to()));
            next.ifPresent(this::deliver);
            idle = idle && next.isEmpty();
        }
    }

    /** What {@code from} has sent to {@code to} so far arrives, and nothing that comes of it. */
    void deliverFromTo(int from, int to) {
        int waiting = network.size();
        for (int i = 0; i < waiting; i++) {
            network.takeFirst(envelope -> envelope.from() == from && envelope.to() == to)
                    .ifPresent(this::deliver);
        }
        while (nodes.get(to).isWriting()) {
            nodes.get(to).persistOne();
        }
    }

    String story() {
        return String.join("\n", trace);
    }

    void run() {
        trace("%s", weather);
        nodes.forEach(this::start);
        for (step = 0; step < weather.steps; step++) {
            happen(weather.next(random));
        }
        peace = true;
        census.steps += step;
        new Peace(this, nodes, network).mustServe();
        census.records += oracle.size();
    }

    // trouble

    private void happen(Weather.Event event) {
        switch (event) {
            case DELIVER -> deliver();
            case DISK -> disk();
            case APPEND -> append();
            case CAMPAIGN -> campaign(any());
            case RETRY -> retry(any());
            case FOLLOW -> follow(any(), any());
            case HAND_OVER -> handOver(any());
            case GONE -> gone(any(), any());
            case SPREAD -> spread(any());
            case CONFIRM -> confirm(any());
            case FORCE -> any().log.force();
            case DELETE_RECORDS -> deleteRecords(any());
            case DROP -> drop();
            case DUPLICATE -> duplicate();
            case KILL -> kill(any());
            case POWER_LOSS -> losePower(any());
            case WIPE -> wipe(any());
            case WIPE_STATE -> wipeState(any());
            case STOP_CLEANLY -> stopCleanly(any());
            case START -> anyOf(node -> !node.isUp()).ifPresent(this::start);
            case PAUSE -> pause(any());
            case RESUME -> anyOf(node -> node.paused).ifPresent(node -> node.paused = false);
            case CUT -> cut(random.nextInt(1 << nodes.size()));
            case CUT_ONE_WAY -> cutOneWay(any(), any());
            case HEAL -> network.heal();
            case CHANGE_SET -> changeSet();
            case LEARN_SET -> learnSet(any());
        }
    }

    SimulatedNode any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private Optional<SimulatedNode> anyOf(Predicate<SimulatedNode> which) {
        int first = random.nextInt(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            SimulatedNode node = nodes.get((first + i) % nodes.size());
            if (which.test(node)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private void deliver() {
        if (!network.isEmpty()) {
            deliver(network.take(random, weather.overtaking));
        }
    }

    void deliver(Network.Envelope envelope) {
        SimulatedNode to = nodes.get(envelope.to());
        if (network.isCut(envelope.from(), envelope.to()) || !to.isUp()) {
            return;
        }
        if (to.paused) {
            network.send(envelope);
            return;
        }
        trace("%5d %d -> %d %s %s", step, envelope.from(), envelope.to(), envelope.message(), envelope.records());
        to.receive(envelope);
    }

    void send(SimulatedNode from, ReplicaEffect.Send send) {
        List<SimulatedRecord> records = List.of();
        if (send.message() instanceof ReplicaMessage.Records answer) {
            records = from.log.from(
                    answer.offset(), peace ? PEACEFUL_RECORDS_MAX : 1 + random.nextInt(RECORDS_A_FETCH_MAX));
        }
        network.send(new Network.Envelope(from.id, send.to(), send.message(), records));
    }

    private void disk() {
        anyOf(node -> node.runs() && node.isWriting()).ifPresent(node -> {
            trace("%5d %d has written its state", step, node.id);
            node.persistOne();
        });
    }

    private void append() {
        for (SimulatedNode node : nodes) {
            if (node.runs() && node.leads >= 0) {
                trace("%5d %d appends %d", step, node.id, node.log.endOffset());
                node.append();
            }
        }
    }

    void campaign(SimulatedNode node) {
        census.campaigns++;
        if (node.runs() && known(node).voters().contains(node.id)) {
            trace("%5d %d campaigns", step, node.id);
            node.perform(node.core.campaign(UNCLEAN_FLOOR + step));
        }
    }

    void retry(SimulatedNode node) {
        if (node.runs()) {
            trace("%5d %d retries", step, node.id);
            node.perform(node.core.retry());
        }
    }

    void follow(SimulatedNode node, SimulatedNode leader) {
        if (node.runs() && node != leader) {
            trace("%5d %d seeks %d", step, node.id, leader.id);
            node.perform(node.core.follow(leader.id, leader.leads));
        }
    }

    private void handOver(SimulatedNode node) {
        if (node.runs()) {
            trace("%5d %d hands over", step, node.id);
            node.perform(node.core.handOver(known(node).voters()));
        }
    }

    /** Somebody is taken for dead, rightly or not. */
    private void gone(SimulatedNode node, SimulatedNode lost) {
        if (node.runs() && node != lost) {
            trace("%5d %d is told that %d is gone", step, node.id, lost.id);
            node.perform(node.core.gone(lost.id));
        }
    }

    void takeOver(SimulatedNode node) {
        census.takeOvers++;
        node.perform(node.core.campaign(UNCLEAN_FLOOR + step));
    }

    /** A client asks for what this leader does not have. */
    private void confirm(SimulatedNode node) {
        if (node.runs() && node.leads >= 0) {
            trace(
                    "%5d %d asks whether epoch %d stands, %d is the newest that has committed",
                    step, node.id, node.leads, oracle.newest());
            node.asks();
        }
    }

    void spread(SimulatedNode node) {
        if (node.runs()) {
            node.perform(node.core.spreadHighWatermark());
        }
    }

    private void deleteRecords(SimulatedNode node) {
        if (node.runs() && node.leads >= 0) {
            long upTo = node.core.highWatermark() - random.nextInt(3);
            if (upTo > node.log.startOffset()) {
                trace("%5d %d deletes records before %d", step, node.id, upTo);
                node.log.deleteBefore(upTo);
            }
        }
    }

    private void drop() {
        if (!network.isEmpty()) {
            network.take(random, 0);
        }
    }

    private void duplicate() {
        if (!network.isEmpty()) {
            network.send(network.peek(random));
        }
    }

    private void kill(SimulatedNode node) {
        if (node.isUp()) {
            trace("%5d %d is killed", step, node.id);
            node.kill(random.nextInt(3));
        }
    }

    private void losePower(SimulatedNode node) {
        if (mayDamage(node)) {
            long end = node.log.forced() + random.nextInt((int) (node.log.endOffset() - node.log.forced()) + 1);
            trace("%5d %d loses power, and its log from %d on", step, node.id, end);
            node.losePower(random.nextInt(3), end);
        }
    }

    private void wipe(SimulatedNode node) {
        if (mayDamage(node)) {
            trace("%5d %d loses its disk", step, node.id);
            node.wipe();
        }
    }

    private void wipeState(SimulatedNode node) {
        if (mayDamage(node)) {
            trace("%5d %d loses its state file", step, node.id);
            node.wipeState();
        }
    }

    /** Each set that may still elect or commit must keep a majority that has lost nothing. */
    private boolean mayDamage(SimulatedNode damaged) {
        return weather.catastrophic
                || sets.stream()
                        .skip(Math.max(0, inForce))
                        .allMatch(set ->
                                wholeWithout(set, damaged) >= set.voters().size() / 2 + 1);
    }

    private long wholeWithout(ReplicaSet set, SimulatedNode damaged) {
        return set.voters().stream()
                .map(nodes::get)
                .filter(node -> node != damaged && node.whole)
                .count();
    }

    private void stopCleanly(SimulatedNode node) {
        if (node.runs()) {
            trace("%5d %d stops", step, node.id);
            node.stopCleanly();
        }
    }

    void startIfDown(SimulatedNode node) {
        if (!node.isUp()) {
            start(node);
        }
    }

    private void start(SimulatedNode node) {
        trace("%5d %d starts with %s and log %s", step, node.id, node.onDisk, node.log);
        node.start(node.knownSet == null ? newest() : node.knownSet, weather.minInsyncReplicas, mistake);
    }

    private void pause(SimulatedNode node) {
        node.paused = node.isUp();
    }

    /** @param side a bit for each node: the ones can't reach the zeros any more */
    private void cut(int side) {
        trace("%5d the network falls in two: %s", step, Integer.toBinaryString(side));
        for (int one = 0; one < nodes.size(); one++) {
            for (int other = 0; other < nodes.size(); other++) {
                if (((side >> one) & 1) != ((side >> other) & 1)) {
                    network.cut(one, other);
                }
            }
        }
    }

    private void cutOneWay(SimulatedNode from, SimulatedNode to) {
        trace("%5d %d can't reach %d", step, from.id, to.id);
        network.cut(from.id, to.id);
    }

    // replica sets

    ReplicaSet newest() {
        return sets.get(sets.size() - 1);
    }

    private ReplicaSet known(SimulatedNode node) {
        return node.knownSet == null ? sets.get(0) : node.knownSet;
    }

    private void changeSet() {
        ReplicaSet now = newest();
        if (inForce < now.version() && mistake != Mistake.CHANGES_THE_SET_TWICE_AT_ONCE) {
            return;
        }
        List<Integer> voters = new ArrayList<>(now.voters());
        SimulatedNode node = any();
        if (!voters.remove((Object) node.id)) {
            voters.add(node.id);
        }
        if (voters.size() < 2) {
            return;
        }
        ReplicaSet next = new ReplicaSet(now.version() + 1, voters);
        long whole = voters.stream().filter(id -> nodes.get(id).whole).count();
        if (weather.catastrophic || whole >= voters.size() / 2 + 1) {
            trace("%5d the metadata says %s", step, next);
            sets.add(next);
        }
    }

    void learnSet(SimulatedNode node) {
        if (node.runs()) {
            node.knownSet = newest();
            node.perform(node.core.changeSet(newest()));
        }
    }

    void confirmSet(SimulatedNode node, ReplicaEffect.ConfirmSet confirm) {
        if (confirm.version() == newest().version()) {
            node.confirmedEpoch = confirm.epoch();
        }
    }

    void inForce(ReplicaSet set) {
        census.setChanges += set.version() > inForce && inForce >= 0 ? 1 : 0;
        inForce = Math.max(inForce, set.version());
    }

    int inForce() {
        return inForce;
    }

    // what people read

    @SuppressWarnings("AnnotateFormatMethod")
    void trace(String line, Object... arguments) {
        if (trace != null) {
            trace.add(String.format(line, arguments)
                    .replaceAll("0000(-0000)+-?0*", "")
                    .replaceAll("(message|state)=", ""));
        }
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        nodes.forEach(node -> text.append(node).append('\n'));
        return text.append("newest ")
                .append(newest())
                .append(", in force ")
                .append(inForce)
                .append(", committed ")
                .append(oracle.size())
                .toString();
    }

    boolean leads(SimulatedNode node) {
        return node.runs() && node.leads >= 0 && node.core.role() == ReplicaCore.Role.LEADER;
    }

    int random(int bound) {
        return random.nextInt(bound);
    }
}
