package io.shardsync.processor.count;

import io.shardsync.processor.judge.Judgement;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what is counted of each shard, and sends a summary of the task's shards of a cluster when one of them changed,
 * but not more often than {@link #EVERY}. The tallies are derived from the store and rebuilt with it.
 */
public final class Counter implements Processor<ShardKey, Judgement, String, PartitionSummary> {
    static final String STORE = "counted-by-shard";
    private static final Duration EVERY = Duration.ofMillis(500);

    private ProcessorContext<String, PartitionSummary> context;
    private KeyValueStore<ShardKey, ShardEntry> counted;
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    private Counter() {}

    public static ProcessorSupplier<ShardKey, Judgement, String, PartitionSummary> perTask() {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<ShardKey, Judgement, String, PartitionSummary> get() {
                return new Counter();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), ShardKeySerde.create(), Json.serde(ShardEntry.class)));
            }
        };
    }

    @Override
    public void init(ProcessorContext<String, PartitionSummary> processorContext) {
        context = processorContext;
        counted = context.getStateStore(STORE);
        try (KeyValueIterator<ShardKey, ShardEntry> all = counted.all()) {
            all.forEachRemaining(one -> tally(one.key.cluster()).add(one.key, one.value));
        }
        changed.addAll(tallies.keySet());
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, now -> sendChanged());
    }

    @Override
    public void process(Record<ShardKey, Judgement> record) {
        if (record.value().amended()) {
            return;
        }
        ShardKey key = record.key();
        Tally tally = tally(key.cluster());
        ShardEntry before = counted.get(key);
        if (before != null) {
            tally.remove(key, before);
        }
        if (record.value().removed()) {
            counted.delete(key);
            tally.gone(key, record.value().at());
        } else {
            ShardEntry after = ShardEntry.of(record.value());
            counted.put(key, after);
            tally.add(key, after);
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
