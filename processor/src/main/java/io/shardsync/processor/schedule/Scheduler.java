package io.shardsync.processor.schedule;

import io.shardsync.processor.alert.ClusterFigures;
import io.shardsync.processor.alert.ClusterInput;
import io.shardsync.processor.alert.Mistakes;
import io.shardsync.processor.alert.Outgoing;
import io.shardsync.processor.check.DeepCheck;
import io.shardsync.processor.check.IndexFact;
import io.shardsync.processor.control.ControlStore;
import io.shardsync.processor.order.SnapshotOrder;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps what is known of each index's checks, tells the metrics, and every few seconds lets the policy think whose turn
 * it is. Time is that of the newest collection, so whoever catches up does not ask for what is long past more than
 * once.
 */
public final class Scheduler implements Processor<String, ClusterInput, String, Outgoing> {
    static final String INDICES = "checks-by-index";
    static final String ASKED = "asked-by-cluster";
    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final SchedulePolicy policy;
    private final ClusterFigures figures;

    private ProcessorContext<String, Outgoing> context;
    private KeyValueStore<String, IndexEntry> indices;
    private KeyValueStore<String, Asked> asked;
    private ControlStore controls;
    /** The store once more, by cluster and index: it is looked through every few seconds. */
    private final Map<String, Map<String, IndexEntry>> byCluster = new HashMap<>();

    private final Map<String, ClusterSnapshot> newest = new HashMap<>();
    private final Set<String> changed = new HashSet<>();
    private final Map<String, Long> overdue = new HashMap<>();
    /** Clusters of which it was told already that thinking about them fails. */
    private final Set<String> unplanned = new HashSet<>();

    private Scheduler(SchedulePolicy policy, ClusterFigures figures) {
        this.policy = policy;
        this.figures = figures;
    }

    /** @param figures told what metrics show */
    public static ProcessorSupplier<String, ClusterInput, String, Outgoing> of(
            ScheduleSettings settings, ClusterFigures figures) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, ClusterInput, String, Outgoing> get() {
                return new Scheduler(new SchedulePolicy(settings), figures);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(INDICES), Serdes.String(), Json.serde(IndexEntry.class)),
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(ASKED), Serdes.String(), Json.serde(Asked.class)));
            }
        };
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        indices = context.getStateStore(INDICES);
        asked = context.getStateStore(ASKED);
        controls = new ControlStore(context);
        // Streams begins anew with the same object after a failure.
        byCluster.clear();
        overdue.clear();
        newest.clear();
        changed.clear();
        unplanned.clear();
        try (KeyValueIterator<String, IndexEntry> all = indices.all()) {
            while (all.hasNext()) {
                KeyValue<String, IndexEntry> one = all.next();
                String cluster = one.key.substring(0, one.key.indexOf('/'));
                entries(cluster).put(one.value.index(), one.value);
                changed.add(cluster);
            }
        }
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, now -> think());
    }

    @Override
    public void process(Record<String, ClusterInput> record) {
        String cluster = record.key();
        if (record.value() instanceof ClusterInput.Collection collection) {
            newest.merge(
                    cluster,
                    collection.snapshot(),
                    (before, next) ->
                            SnapshotOrder.isNews(next.snapshotId(), before.snapshotId(), context.currentSystemTimeMs())
                                    ? next
                                    : before);
        } else if (record.value() instanceof ClusterInput.Index index) {
            take(cluster, index.fact());
        } else if (record.value() instanceof ClusterInput.Deep deep) {
            take(cluster, deep.check());
        } else if (record.value() instanceof ClusterInput.Outcome outcome) {
            take(cluster, outcome.result());
        }
    }

    @Override
    public void close() {
        byCluster.keySet().forEach(figures::forgetChecks);
        overdue.keySet().forEach(figures::forgetChecks);
    }

    private void take(String cluster, IndexFact fact) {
        IndexEntry before = entries(cluster).get(fact.index());
        if (!fact.isGone()) {
            put(cluster, IndexEntry.of(fact, before));
        } else if (before != null && before.indexUuid().equals(fact.indexUuid())) {
            entries(cluster).remove(fact.index());
            indices.delete(cluster + "/" + fact.index());
            changed.add(cluster);
        }
    }

    /** A report may be read before the index is seen: then it will be checked in its turn, and no harm is done. */
    private void take(String cluster, DeepCheck check) {
        IndexEntry before = entries(cluster).get(check.index());
        if (before != null && before.indexUuid().equals(check.indexUuid())) {
            put(cluster, before.with(check));
        }
    }

    private void take(String cluster, RecoveryResult result) {
        Asked check = asked.get(cluster);
        if (check == null || !check.commandId().equals(result.commandId())) {
            return;
        }
        if (result.status().terminal()) {
            end(cluster, check, result.status(), result.verified(), result.at());
        } else {
            asked.put(cluster, new Asked(check.commandId(), check.index(), check.askedAt(), result.at()));
        }
    }

    private void end(String cluster, Asked check, Status status, boolean proven, Instant at) {
        asked.delete(cluster);
        IndexEntry entry = entries(cluster).get(check.index());
        // A report that has come meanwhile has begun a new turn already.
        if (entry != null && entry.attempts() > 0) {
            put(cluster, policy.after(entry, status, proven, at));
        }
    }

    private void think() {
        newest.values().forEach(this::thinkSafely);
        changed.forEach(cluster -> figures.checks(
                cluster,
                entries(cluster).values().stream()
                        .map(entry -> new ClusterFigures.Checks(entry.light(), entry.deep()))
                        .toList()));
        changed.clear();
    }

    /** A mistake in the program about one cluster keeps no other from being checked. */
    private void thinkSafely(ClusterSnapshot collection) {
        try {
            think(collection);
            unplanned.remove(collection.cluster());
        } catch (RuntimeException e) {
            Mistakes.throwIfOfStreams(e);
            if (unplanned.add(collection.cluster())) {
                log.atError()
                        .addKeyValue("cluster", collection.cluster())
                        .setCause(e)
                        .log("no deep check can be planned for a cluster");
            }
        }
    }

    private void think(ClusterSnapshot collection) {
        String cluster = collection.cluster();
        Optional<Asked> underWay = Optional.ofNullable(asked.get(cluster));
        if (underWay.isPresent() && policy.isGivenUp(underWay.get(), collection.completedAt())) {
            end(cluster, underWay.get(), Status.EXPIRED, false, collection.completedAt());
            underWay = Optional.empty();
        }
        SchedulePolicy.Situation situation =
                new SchedulePolicy.Situation(collection, entries(cluster).values(), underWay, controls.controls());
        tellOverdue(cluster, situation);
        policy.decide(situation).ifPresent(command -> ask(cluster, command));
    }

    private void tellOverdue(String cluster, SchedulePolicy.Situation situation) {
        long now = policy.overdue(situation);
        Long before = overdue.put(cluster, now);
        if (before != null && before == now) {
            return;
        }
        figures.overdue(cluster, now);
        if (now > 0 && (before == null || before == 0)) {
            log.atWarn()
                    .addKeyValue("cluster", cluster)
                    .log(
                            "{} indices were not checked for a whole consistency.schedule: {}",
                            now,
                            policy.objection(situation).orElse("checks take too long, or do not come to an end"));
        }
    }

    private void ask(String cluster, RecoveryCommand command) {
        asked.put(cluster, new Asked(command.commandId(), command.index(), command.requestedAt(), null));
        put(cluster, entries(cluster).get(command.index()).asked());
        context.forward(new Record<>(
                cluster, new Outgoing.Asked(command), command.requestedAt().toEpochMilli()));
    }

    private void put(String cluster, IndexEntry entry) {
        entries(cluster).put(entry.index(), entry);
        indices.put(cluster + "/" + entry.index(), entry);
        changed.add(cluster);
    }

    private Map<String, IndexEntry> entries(String cluster) {
        return byCluster.computeIfAbsent(cluster, name -> new TreeMap<>());
    }
}
