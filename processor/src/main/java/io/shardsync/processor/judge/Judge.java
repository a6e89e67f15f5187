package io.shardsync.processor.judge;

import io.shardsync.processor.control.ControlStore;
import io.shardsync.processor.control.Controls;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.order.SnapshotOrder;
import io.shardsync.processor.trace.Trace;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Remembers each shard and lets the policies think: a new copy group is judged, a shard that a full collection no
 * longer showed is dropped, and when collections stop coming every shard of the cluster becomes unknown.
 */
public final class Judge implements Processor<String, TaskInput, ShardKey, Judgement> {
    /** The store of what is remembered of each shard; others may read it. */
    public static final String SHARDS = "memory-by-shard";

    /** The store of the newest collection of each cluster known; others may read it. */
    public static final String ENDS = "end-by-cluster";

    static final String CHECKED = "checked-by-shard";
    private static final Duration LOOK_AROUND = Duration.ofSeconds(1);

    private final SyncPolicy policy;
    private final Symptoms symptoms;
    private final LightPolicy light;
    private final Duration stale;

    private ProcessorContext<ShardKey, Judgement> context;
    private ShardMemories shards;
    private KeyValueStore<String, CollectionEnd> ends;
    /** Asked only for shards that were not known before: a report may be read before the first snapshot. */
    private KeyValueStore<ShardKey, TaskInput.Checked> checked;

    private ControlStore controls;
    /** The offset after the last snapshot read; 0 until one is, so that no barrier counts as passed before. */
    private long position;

    /** The ends once more, as objects. */
    private final Map<String, CollectionEnd> newest = new HashMap<>();

    private final Map<String, Long> lastContactMs = new HashMap<>();
    private final Map<String, CollectionEnd> barriers = new HashMap<>();
    /** Clusters whose shards have been said to be unknown; after a restart it is said once more, which does no harm. */
    private final Set<String> blind = new HashSet<>();

    private Judge(SyncPolicy policy, Symptoms symptoms, LightPolicy light, Duration stale) {
        this.policy = policy;
        this.symptoms = symptoms;
        this.light = light;
        this.stale = stale;
    }

    /** @param stale how long collections may stay away before the cluster counts as not seen */
    public static ProcessorSupplier<String, TaskInput, ShardKey, Judgement> of(
            SyncPolicy policy, Symptoms symptoms, LightPolicy light, Duration stale) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, TaskInput, ShardKey, Judgement> get() {
                return new Judge(policy, symptoms, light, stale);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(SHARDS),
                                ShardKeySerde.create(),
                                Json.serde(ShardMemory.class)),
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(ENDS), Serdes.String(), Json.serde(CollectionEnd.class)),
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(CHECKED),
                                ShardKeySerde.create(),
                                Json.serde(TaskInput.Checked.class)));
            }
        };
    }

    @Override
    public void init(ProcessorContext<ShardKey, Judgement> processorContext) {
        context = processorContext;
        shards = new ShardMemories(context.getStateStore(SHARDS));
        ends = context.getStateStore(ENDS);
        checked = context.getStateStore(CHECKED);
        controls = new ControlStore(context);
        begin(context.currentSystemTimeMs());
        context.schedule(LOOK_AROUND, PunctuationType.WALL_CLOCK_TIME, this::lookAround);
    }

    /** With what the stores hold, and nothing else: Streams begins anew with the same object after a failure. */
    private void begin(long now) {
        position = 0;
        newest.clear();
        lastContactMs.clear();
        barriers.clear();
        blind.clear();
        try (KeyValueIterator<String, CollectionEnd> known = ends.all()) {
            known.forEachRemaining(end -> {
                newest.put(end.key, end.value);
                lastContactMs.put(end.key, now);
            });
        }
    }

    @Override
    public void process(Record<String, TaskInput> record) {
        if (record.value() instanceof TaskInput.Shard shard) {
            context.recordMetadata().ifPresent(at -> position = Math.max(position, at.offset() + 1));
            judge(shard.group(), record.timestamp(), Trace.of(record.headers()));
        } else if (record.value() instanceof CollectionEnd end) {
            remember(end);
        } else if (record.value() instanceof TaskInput.Checked check) {
            take(check, record.timestamp());
        }
    }

    private void judge(CopyGroup group, long timestamp, Headers trace) {
        ShardMemory before = shards.get(group.key());
        boolean outdated = before != null && !isNews(group.snapshotId(), before.snapshotId());
        if (outdated || !group.complete()) {
            return;
        }
        if (group.removed()) {
            if (before != null) {
                drop(group.key(), before, group.collectedAt());
            }
            return;
        }
        ShardMemory judged = policy.judge(group, Optional.ofNullable(before));
        LightPolicy.Look look = light.look(group, judged, judged.light());
        boolean known = before != null && before.isOfIndex(judged.indexUuid());
        CollectionEnd end = newest.get(group.cluster());
        List<Symptom> found = symptoms.of(
                group, judged, end == null ? List.of() : end.switches(), known ? before.symptoms() : List.of());
        ShardMemory after = (known ? judged : verified(group.key(), judged))
                .with(look.memory())
                .with(found);
        shards.put(group.key(), after);
        context.forward(new Record<>(
                group.key(),
                Judgement.of(
                        after.status(), found, group.collectedAt(), look.told().orElse(null)),
                timestamp,
                trace));
    }

    private ShardMemory verified(ShardKey key, ShardMemory memory) {
        TaskInput.Checked check = checked.get(key);
        return check != null && memory.isOfIndex(check.indexUuid())
                ? memory.with(SyncPolicy.verified(memory.status(), check.verified()))
                : memory;
    }

    /** A deep check shows at once, also of a shard that is at rest and will not be judged for minutes. */
    private void take(TaskInput.Checked check, long timestamp) {
        checked.put(check.key(), check);
        ShardMemory before = shards.get(check.key());
        if (before == null
                || !before.isOfIndex(check.indexUuid())
                || check.verified().equals(before.status().verified())) {
            return;
        }
        ShardMemory after = before.with(SyncPolicy.verified(before.status(), check.verified()));
        shards.put(check.key(), after);
        context.forward(new Record<>(
                check.key(), Judgement.amended(after.status(), check.verified().at()), timestamp));
    }

    private void remember(CollectionEnd end) {
        CollectionEnd last = newest.get(end.cluster());
        if (last != null && !isNews(end.snapshotId(), last.snapshotId())) {
            return;
        }
        CollectionEnd known = end.after(last);
        ends.put(end.cluster(), known);
        newest.put(end.cluster(), known);
        if (end.seen()) {
            lastContactMs.put(end.cluster(), context.currentSystemTimeMs());
            blind.remove(end.cluster());
        } else {
            lastContactMs.putIfAbsent(end.cluster(), context.currentSystemTimeMs());
        }
        if (end.full()) {
            barriers.put(end.cluster(), end);
            sweep(end);
        }
    }

    private void lookAround(long nowMs) {
        List.copyOf(barriers.values()).forEach(this::sweep);
        Instant now = Instant.ofEpochMilli(nowMs);
        Controls set = controls.controls();
        List.copyOf(lastContactMs.keySet()).stream()
                .filter(cluster -> set.retired(cluster, now))
                .forEach(cluster -> retire(cluster, now));
        lastContactMs.forEach((cluster, contactMs) -> {
            if (nowMs - contactMs >= stale.toMillis() && blind.add(cluster)) {
                lookAway(cluster, Instant.ofEpochMilli(nowMs));
            }
        });
    }

    /** Drops the shards that a full collection did not show, once this task has read all of that collection. */
    private void sweep(CollectionEnd end) {
        if (!end.endsBefore(context.taskId().partition(), position)) {
            return;
        }
        barriers.remove(end.cluster());
        Map<ShardKey, ShardMemory> gone = new TreeMap<>();
        shards.forEachOf(end.cluster(), (key, memory) -> {
            if (isNews(end.snapshotId(), memory.snapshotId())) {
                gone.put(key, memory);
            }
        });
        gone.forEach((key, memory) -> drop(key, memory, end.completedAt()));
    }

    private void retire(String cluster, Instant now) {
        lastContactMs.remove(cluster);
        ends.delete(cluster);
        newest.remove(cluster);
        Map<ShardKey, ShardMemory> all = new TreeMap<>();
        shards.forEachOf(cluster, all::put);
        all.forEach((key, memory) -> drop(key, memory, now));
    }

    private void drop(ShardKey key, ShardMemory last, Instant at) {
        shards.delete(key);
        checked.delete(key);
        ShardCheck check = ShardCheck.gone(key, last.indexUuid(), at);
        context.forward(new Record<>(key, Judgement.gone(check), at.toEpochMilli()));
    }

    /** Nobody has looked for too long: what was known is known no longer. */
    private void lookAway(String cluster, Instant now) {
        Map<ShardKey, ShardMemory> unseen = new HashMap<>();
        shards.forEachOf(cluster, unseen::put);
        unseen.forEach((key, memory) -> {
            ShardMemory unknown =
                    memory.with(SyncPolicy.blind(memory.status(), now)).with(List.of());
            shards.put(key, unknown);
            context.forward(
                    new Record<>(key, Judgement.of(unknown.status(), List.of(), now, null), now.toEpochMilli()));
        });
    }

    private boolean isNews(long next, long known) {
        return SnapshotOrder.isNews(next, known, context.currentSystemTimeMs());
    }
}
