package io.shardsync.processor.count;

import io.shardsync.processor.judge.CollectionEnd;
import io.shardsync.processor.judge.Judge;
import io.shardsync.processor.judge.Judgement;
import io.shardsync.processor.judge.ShardMemory;
import io.shardsync.schemas.model.ShardKey;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what is counted of each shard, and sends a summary of the task's shards of a cluster when one of them changed,
 * but not more often than {@link #EVERY}. It has no store of its own: all it counts is remembered of the shards anyway,
 * and read from there once at the beginning. Then a summary is sent of every known cluster, also of one that has no
 * shard here: that the last one went may have been remembered, and not been told.
 */
public final class Counter implements Processor<ShardKey, Judgement, String, PartitionSummary> {
    private static final Duration EVERY = Duration.ofMillis(500);

    private ProcessorContext<String, PartitionSummary> context;
    private final Map<ShardKey, ShardEntry> counted = new HashMap<>();
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    private Counter() {}

    /** To be connected with {@link Judge#SHARDS} and {@link Judge#ENDS}. */
    public static ProcessorSupplier<ShardKey, Judgement, String, PartitionSummary> perTask() {
        return Counter::new;
    }

    @Override
    public void init(ProcessorContext<String, PartitionSummary> processorContext) {
        context = processorContext;
        // Streams begins anew with the same object after a failure: nothing may be counted twice.
        counted.clear();
        tallies.clear();
        changed.clear();
        KeyValueStore<ShardKey, ShardMemory> remembered = context.getStateStore(Judge.SHARDS);
        try (KeyValueIterator<ShardKey, ShardMemory> all = remembered.all()) {
            all.forEachRemaining(one -> count(one.key, ShardEntry.of(one.value)));
        }
        KeyValueStore<String, CollectionEnd> clusters = context.getStateStore(Judge.ENDS);
        try (KeyValueIterator<String, CollectionEnd> all = clusters.all()) {
            all.forEachRemaining(one -> tally(one.key).asOf(one.value.completedAt()));
        }
        changed.addAll(tallies.keySet());
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, now -> sendChanged());
    }

    private void count(ShardKey key, ShardEntry entry) {
        Tally tally = tally(key.cluster());
        ShardEntry before = counted.put(key, entry);
        if (before == null) {
            tally.add(key, entry);
        } else {
            tally.replace(key, before, entry);
        }
    }

    @Override
    public void process(Record<ShardKey, Judgement> record) {
        if (record.value().amended()) {
            return;
        }
        ShardKey key = record.key();
        if (record.value().removed()) {
            Tally tally = tally(key.cluster());
            ShardEntry before = counted.remove(key);
            if (before != null) {
                tally.remove(key, before);
            }
            tally.gone(key, record.value().at());
        } else {
            count(key, ShardEntry.of(record.value()));
        }
        changed.add(key.cluster());
    }

    private Tally tally(String cluster) {
        return tallies.computeIfAbsent(cluster, name -> new Tally());
    }

    private void sendChanged() {
        int partition = context.taskId().partition();
        for (String cluster : changed) {
            PartitionSummary summary = tally(cluster).summary(cluster, partition);
            context.forward(new Record<>(cluster, summary, summary.at().toEpochMilli()));
        }
        changed.clear();
    }
}
