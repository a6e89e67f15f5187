package io.shardsync.collector.watch;

import io.shardsync.collector.fact.Census;
import io.shardsync.collector.fact.MasterHistory;
import io.shardsync.collector.group.ChangeDetector;
import io.shardsync.collector.group.Grouping;
import io.shardsync.collector.group.Stamp;
import io.shardsync.collector.publish.Fenced;
import io.shardsync.collector.publish.NotPublished;
import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.collector.read.Activity;
import io.shardsync.collector.read.ClusterState;
import io.shardsync.collector.read.NodeStats;
import io.shardsync.collector.read.Position;
import io.shardsync.collector.recovery.RecoveryTracker;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Failure;
import io.shardsync.schemas.model.ClusterSnapshot.Node;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import io.shardsync.schemas.model.ShardSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Watches one cluster: looks at the state's version all the time, and collects at once when it has changed or other
 * nodes answer than before, else every interval. Each {@link #step()} does one round and says how long to rest.
 */
final class ClusterWatcher {
    private static final Logger log = LoggerFactory.getLogger(ClusterWatcher.class);
    private static final String WRONG_CLUSTER = "wrong_cluster";
    private static final String BLOCKED = "blocked";

    private final String cluster;
    private final Timing timing;
    private final Hosts hosts;
    private final NodesProbe probe;
    private final SnapshotPublisher publisher;
    private final Memory memory;
    private final CollectionReader collections;
    private final Snapshots snapshots;
    private final WatchMetrics metrics;
    private final Clock clock;
    private final Backoff backoff;
    private final ViewCheck view = new ViewCheck();
    private final Tries tries = new Tries();
    private final AtomicBoolean answersChanged;

    /** At the last collection; null if what was about to be collected still is to be. */
    private Position last;

    private Instant lastAt = Instant.EPOCH;
    private Instant lastStep = Instant.EPOCH;
    private String problem = "";
    private Set<String> unanswered = Set.of();
    private Set<String> lookedAfter = Set.of();
    private Set<String> confirmed = Set.of();
    /** The probe that was known at the last collection. */
    private long lastProbe;

    ClusterWatcher(
            Watched watched,
            Timing timing,
            Hosts hosts,
            NodesProbe probe,
            AtomicBoolean answersChanged,
            SnapshotPublisher publisher,
            ClusterSnapshot newest,
            WatchMetrics metrics,
            Clock clock) {
        this.cluster = watched.cluster();
        this.timing = timing;
        this.hosts = hosts;
        this.probe = probe;
        this.answersChanged = answersChanged;
        this.publisher = publisher;
        this.memory = new Memory(newest, watched.uuid());
        this.collections = new CollectionReader(cluster, timing.nodeTimeout(), clock);
        this.snapshots = new Snapshots(cluster, watched.collectorId());
        this.metrics = metrics;
        this.clock = clock;
        this.backoff = new Backoff(timing.poll(), timing.interval(), RandomGenerator.getDefault());
    }

    /**
     * One round.
     *
     * @return how long to rest before the next, if nothing happens
     * @throws Fenced when another instance owns the cluster
     */
    Duration step() throws Fenced {
        Instant started = clock.instant();
        if (started.isBefore(lastStep)) {
            clockWasSetBack(started);
        }
        lastStep = started;
        try {
            Duration pause = look(started);
            tries.reset();
            return pause;
        } catch (CallFailed failure) {
            return tryNext(new Failure(failure.code().text(), failure.getMessage()), failure.status() > 0, started);
        } catch (WrongCluster other) {
            return tryNext(new Failure(WRONG_CLUSTER, other.getMessage()), true, started);
        } catch (NotPublished failure) {
            last = null;
            memory.distrust();
            metrics.failed("not_published");
            tell("not_published", failure.getMessage());
            return backoff.next();
        }
    }

    /** What was remembered by the clock lies in the future now, and nobody shall wait for it to come again. */
    private void clockWasSetBack(Instant now) {
        log.atWarn()
                .addKeyValue("cluster", cluster)
                .addKeyValue("by_ms", Duration.between(now, lastStep).toMillis())
                .log("the clock was set back");
        lastAt = Instant.EPOCH;
        memory.clockWasSetBack(now);
        view.forget();
    }

    /** Whatever one host refuses another one may grant, and the cluster can't be read only if none of them does. */
    private Duration tryNext(Failure failure, boolean answered, Instant started) throws Fenced {
        last = null;
        hosts.next();
        tries.failed(failure, answered);
        if (tries.count() < hosts.count()) {
            return Duration.ZERO;
        }
        Failure telling = tries.telling();
        tries.reset();
        return giveUp(telling, started);
    }

    private Duration look(Instant now) throws CallFailed, WrongCluster, Fenced, NotPublished {
        Instant due = lastAt.plus(timing.interval());
        Instant known = isAsLeft() ? probe.nothingNewUntil(last, now) : Instant.MIN;
        if (now.isBefore(due) && now.isBefore(known)) {
            return Duration.between(now, due.isBefore(known) ? due : known);
        }
        Position position = hosts.reader().position();
        if (position.masterNode() == null && hosts.count() > 1) {
            Position better = hosts.findMaster(memory.clusterUuid());
            if (better != null) {
                view.forget();
                position = better;
            }
        }
        refuseOther(position.clusterUuid());
        boolean moved = !position.equals(last);
        if (now.isBefore(due) && !moved && !answersChanged.get() && !haveReturned() && !areMissingStill()) {
            return timing.poll();
        }
        Duration gap = Duration.between(now, lastAt.plus(Timing.LEAST_GAP));
        if (gap.compareTo(Duration.ZERO) > 0) {
            last = null;
            return gap;
        }
        answersChanged.set(false);
        boolean asksAnother = false;
        if (position.masterNode() == null) {
            publishBlind(View.NO_MASTER, now);
        } else if (view.isBehind(position, now)) {
            asksAnother = hosts.count() > 1;
            if (asksAnother) {
                hosts.next();
                view.forget();
            }
            publishBlind(View.STALE, now);
        } else {
            Set<String> silent = probe.silent(memory.memberSince());
            Position elsewhere = mayBeCutOff(position, silent) ? hosts.findAnsweringMaster(position) : null;
            if (elsewhere == null) {
                collect(position, silent);
            } else {
                view.forget();
                position = elsewhere;
                collect(position, Set.of());
            }
            probe.returnToTheWatchesHost();
        }
        last = asksAnother ? null : position;
        lastAt = now;
        backoff.reset();
        return timing.poll();
    }

    /** Whether everything was well, so that as long as the probe sees nothing new nobody has to look. */
    private boolean isAsLeft() {
        return last != null && last.masterNode() != null && unanswered.isEmpty() && !answersChanged.get();
    }

    /**
     * Whether a node that was missing in the last collection answers by now: the probe need not have missed it too.
     * Once only, or a node that answers small questions and no large ones would cause one collection after another.
     */
    private boolean haveReturned() {
        if (unanswered.isEmpty() || unanswered.equals(lookedAfter)) {
            return false;
        }
        boolean returned = !Collections.disjoint(unanswered, probe.answeringSince(lastAt));
        if (returned) {
            lookedAfter = unanswered;
        }
        return returned;
    }

    /**
     * Whether another probe has missed too who was missing in the last collection. A node counts as unresponsive when
     * it has not answered twice in a row, and the second time is not left to wait for an interval. Told once.
     */
    private boolean areMissingStill() {
        if (unanswered.isEmpty() || unanswered.equals(confirmed) || probe.number() <= lastProbe) {
            return false;
        }
        boolean missing = !probe.answering().orElse(unanswered).containsAll(unanswered);
        if (missing) {
            confirmed = unanswered;
        }
        return missing;
    }

    /**
     * Whether the asked node may be cut off from the others, and believes in a master that goes on without it. If a
     * host was just silent it is more likely the master that hangs, and what others say must not wait any longer.
     */
    private boolean mayBeCutOff(Position position, Set<String> silent) {
        return silent.contains(position.masterNode()) && !tries.someSilent();
    }

    private void refuseOther(String uuid) throws WrongCluster {
        String expected = memory.clusterUuid();
        if (uuid != null && expected != null && !uuid.equals(expected)) {
            throw new WrongCluster(cluster, uuid, expected);
        }
    }

    private void collect(Position position, Set<String> silent) throws CallFailed, WrongCluster, Fenced, NotPublished {
        lastProbe = probe.number();
        boolean masterSilent = silent.contains(position.masterNode());
        if (masterSilent) {
            view.masterSilent();
        }
        // If a host was just silent it may be the master's, and the next collection is soon enough to know.
        boolean askMaster = !masterSilent && !tries.someSilent();
        boolean full = memory.needsFull(clock.instant(), timing.fullInterval());
        Collected collected = collections.read(
                hosts.reader(), position, silent, askMaster, !tries.someSilent(), full, view, memory.recoveries());
        if (collected.state().masterNode() == null || collected.view() == View.NO_MASTER) {
            publishBlind(View.NO_MASTER, collected.startedAt());
            return;
        }
        refuseOther(collected.state().clusterUuid());
        if (collected.state().hiddenBecause() != null) {
            publishFailure(hidden(collected.state()), collected.startedAt());
            return;
        }
        publish(collected, full);
    }

    private void publish(Collected collected, boolean full) throws Fenced, NotPublished {
        ClusterState state = collected.state();
        Instant at = collected.completedAt();
        Set<String> answering = collected.stats().answering();
        memory.nodes(state.nodes().keySet(), answering, at);
        Census census = Census.of(state, collected.stats(), collected.activity(), answering, memory.answeredAt());
        MasterHistory masters = memory.masters().seen(state.masterNode(), at);
        long id = memory.ids().next(at);
        Stamp stamp = new Stamp(cluster, id, at, snapshots.collectorId(), state.version());
        RecoveryTracker.Step recoveries = memory.recoveries().next(stamp, state, collected.recoveries());
        ChangeDetector.Pass pass = memory.changes().begin(full);

        long copies = publisher.publish(
                full,
                sink -> {
                    if (collected.copiesRead()) {
                        new Grouping(state, collected.stats()).forEach(group -> {
                            if (pass.isNews(group)) {
                                for (ShardSnapshot copy : group.records(stamp)) {
                                    sink.copy(copy);
                                }
                            }
                        });
                        pass.forEachRemoved(removed -> sink.copy(removed.record(stamp)));
                    }
                    recoveries.events().forEach(sink::recovery);
                },
                ends -> snapshots.of(collected, census, masters, id, full, ends));

        unanswered = state.nodes().keySet().stream()
                .filter(member -> !answering.contains(member))
                .collect(Collectors.toUnmodifiableSet());
        if (unanswered.isEmpty()) {
            lookedAfter = Set.of();
            confirmed = Set.of();
        }
        if (collected.copiesRead()) {
            pass.commit();
            if (pass.isSettled() && unanswered.isEmpty()) {
                collections.settled(collected);
            }
        }
        memory.recoveries(recoveries.after());
        memory.masters(masters);
        memory.clusterUuid(state.clusterUuid());
        if (full) {
            memory.publishedFull(at);
        }
        Duration took = Duration.between(collected.startedAt(), clock.instant());
        metrics.collected(took, copies);
        tell("", "collections succeed");
        log.atDebug()
                .addKeyValue("cluster", cluster)
                .addKeyValue("snapshot_id", id)
                .addKeyValue("full", full)
                .addKeyValue("read", collected.copiesRead())
                .addKeyValue("copies", copies)
                .addKeyValue("recoveries", recoveries.events().size())
                .addKeyValue("took_ms", took.toMillis())
                .log("collected");
    }

    /** Says who is there and nothing of the copies. */
    private void publishBlind(View seen, Instant started) throws Fenced, NotPublished {
        ClusterState state = collections.lastState();
        Set<String> answering = probe.answering().orElse(Set.of());
        List<Node> nodes = state == null
                ? List.of()
                : Census.of(state, new NodeStats(), Activity.NONE, answering, memory.answeredAt())
                        .nodes();
        Instant now = clock.instant();
        long id = memory.ids().next(now);
        publisher.publish(
                false, sink -> {}, ends -> snapshots.blind(memory.clusterUuid(), seen, nodes, id, started, now));
        // Whoever reads on has counted the shards as unknown meanwhile, those at rest too.
        memory.distrust();
        metrics.failed("no_believable_view");
        tell("view", seen == View.NO_MASTER ? "no host knows a master" : "the state is older than the master's");
    }

    /** As after a restart of all nodes, until enough are back. No index is there to be seen, and none is gone. */
    private Failure hidden(ClusterState state) {
        return new Failure(
                BLOCKED,
                "cluster " + cluster + ": its master " + state.nodeName(state.masterNode())
                        + " shows no index yet, by a block: " + state.hiddenBecause());
    }

    private Duration giveUp(Failure failure, Instant started) throws Fenced {
        try {
            publishFailure(failure, started);
        } catch (NotPublished unpublished) {
            memory.distrust();
            metrics.failed("not_published");
            tell("not_published", unpublished.getMessage());
        }
        return backoff.next();
    }

    private void publishFailure(Failure failure, Instant started) throws Fenced, NotPublished {
        Instant now = clock.instant();
        long id = memory.ids().next(now);
        // Whatever comes back is to be looked at as soon as it does, and may have been restored as it was long before.
        last = null;
        view.forget();
        memory.distrust();
        publisher.publish(false, sink -> {}, ends -> snapshots.failed(memory.clusterUuid(), failure, id, started, now));
        metrics.failed(failure.code());
        tell(failure.code(), failure.text());
    }

    /** Problems are logged when they change; that they last is on the topic. */
    private void tell(String code, String text) {
        if (code.equals(problem)) {
            return;
        }
        problem = code;
        (code.isEmpty() ? log.atInfo() : log.atWarn())
                .addKeyValue("cluster", cluster)
                .addKeyValue("code", code)
                .log(text);
    }
}
