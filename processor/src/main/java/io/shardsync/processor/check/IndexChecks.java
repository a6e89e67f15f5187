package io.shardsync.processor.check;

import io.shardsync.processor.judge.ShardCheck;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
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

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Keeps the newest light check of each shard, and reports an index of which one has come, at most once in
 * {@link #EVERY}: where a node is lost, all shards of an index have news in the same moment. An index without shards is
 * gone, and its reports with it, the deep one too: nobody else hears of it.
 */
public final class IndexChecks implements Processor<String, ShardCheck, String, Checked> {
    static final String CHECKS = "check-by-shard";
    static final String UNREPORTED = "unreported-by-index";
    private static final Duration EVERY = Duration.ofSeconds(1);

    private ProcessorContext<String, Checked> context;
    private KeyValueStore<ShardKey, ShardCheck> checks;
    /** Kept in a store, so that a crash between a check and its report loses no report. */
    private KeyValueStore<String, ShardCheck> unreported;

    private IndexChecks() {}

    public static ProcessorSupplier<String, ShardCheck, String, Checked> perIndex() {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, ShardCheck, String, Checked> get() {
                return new IndexChecks();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(CHECKS),
                                ShardKeySerde.create(),
                                Json.serde(ShardCheck.class)),
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(UNREPORTED),
                                Serdes.String(),
                                Json.serde(ShardCheck.class)));
            }
        };
    }

    /** The key under which the shards of an index meet. */
    public static String indexKey(ShardKey key) {
        return key.cluster() + "/" + key.index();
    }

    /** The key of an index's report on the topic. */
    public static String reportKey(String indexKey, Method method) {
        return indexKey + "/" + method.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void init(ProcessorContext<String, Checked> processorContext) {
        context = processorContext;
        checks = context.getStateStore(CHECKS);
        unreported = context.getStateStore(UNREPORTED);
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, now -> report());
    }

    @Override
    public void process(Record<String, ShardCheck> record) {
        ShardCheck check = record.value();
        if (check.isGone()) {
            ShardCheck last = checks.get(check.key());
            if (last != null && !last.indexUuid().equals(check.indexUuid())) {
                return;
            }
            checks.delete(check.key());
        } else {
            checks.put(check.key(), check);
        }
        unreported.put(record.key(), check);
    }

    private void report() {
        Map<String, ShardCheck> due = new TreeMap<>();
        try (KeyValueIterator<String, ShardCheck> all = unreported.all()) {
            while (all.hasNext()) {
                KeyValue<String, ShardCheck> one = all.next();
                due.put(one.key, one.value);
            }
        }
        due.forEach(this::report);
    }

    private void report(String indexKey, ShardCheck newest) {
        unreported.delete(indexKey);
        List<ShardCheck> shards = shardsOf(indexKey);
        String cluster = newest.key().cluster();
        if (shards.isEmpty()) {
            for (Method method : Method.values()) {
                tell(reportKey(indexKey, method), new Checked.Report(null), newest.at());
            }
            tell(
                    cluster,
                    new Checked.Fact(IndexFact.gone(cluster, newest.key().index(), newest.indexUuid(), newest.at())),
                    newest.at());
            return;
        }
        Instant at = LightReport.newest(shards);
        tell(reportKey(indexKey, Method.CHECKPOINTS), new Checked.Report(LightReport.of(shards)), at);
        boolean copied = shards.stream().anyMatch(shard -> shard.copies().size() > 1);
        tell(
                cluster,
                new Checked.Fact(new IndexFact(
                        cluster,
                        newest.key().index(),
                        shards.get(0).indexUuid(),
                        at,
                        LightReport.worst(shards),
                        copied)),
                at);
    }

    private void tell(String key, Checked told, Instant at) {
        context.forward(new Record<>(key, told, at.toEpochMilli()));
    }

    /** Those of the newest index of that name; what is left of a predecessor is dropped. */
    private List<ShardCheck> shardsOf(String indexKey) {
        List<ShardCheck> all = new ArrayList<>();
        try (KeyValueIterator<ShardKey, ShardCheck> found =
                checks.prefixScan(indexKey + "/", (topic, prefix) -> prefix.getBytes(UTF_8))) {
            found.forEachRemaining(one -> all.add(one.value));
        }
        all.stream()
                .max(Comparator.comparing(ShardCheck::at))
                .map(ShardCheck::indexUuid)
                .ifPresent(newest -> all.removeIf(check -> {
                    boolean old = !check.indexUuid().equals(newest);
                    if (old) {
                        checks.delete(check.key());
                    }
                    return old;
                }));
        return all;
    }
}
