package io.shardsync.processor.count;

import io.shardsync.processor.Copies;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.join.ReplicaGroup;
import io.shardsync.processor.judge.CollectionEnd;
import io.shardsync.processor.judge.Judge;
import io.shardsync.processor.judge.Judgement;
import io.shardsync.processor.judge.LagSettings;
import io.shardsync.processor.judge.ShardMemory;
import io.shardsync.processor.judge.SyncPolicy;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class CounterTest {
    private final MockProcessorContext<String, PartitionSummary> context = new MockProcessorContext<>();
    private final KeyValueStore<ShardKey, ShardMemory> shards =
            store(Judge.SHARDS, ShardKeySerde.create(), Json.serde(ShardMemory.class));
    private final KeyValueStore<String, CollectionEnd> ends =
            store(Judge.ENDS, Serdes.String(), Json.serde(CollectionEnd.class));
    private final Processor<ShardKey, Judgement, String, PartitionSummary> counter =
            Counter.perTask().get();

    private <K, V> KeyValueStore<K, V> store(String name, Serde<K> keys, Serde<V> values) {
        KeyValueStore<K, V> store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, values)
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return store;
    }

    private List<PartitionSummary> sent() {
        List<CapturedPunctuator> all = context.scheduledPunctuators();
        all.get(all.size() - 1).getPunctuator().punctuate(0);
        return context.forwarded().stream()
                .<PartitionSummary>map(one -> one.record().value())
                .toList();
    }

    /** After a failure Streams restores the stores and calls init of the same object again. */
    @Test
    void whoBeginsAnewCountsNothingTwice() {
        // Given
        List<ShardSnapshot> group = Copies.of("orders", START).replica("n2", 50).primary("n1", 100);
        ShardMemory memory = new SyncPolicy(new LagSettings(Duration.ofSeconds(30), Duration.ofSeconds(45)))
                .judge(
                        CopyGroup.of(group.get(1), ReplicaGroup.empty().with(group.get(0), START.toEpochMilli())),
                        Optional.empty());
        shards.put(group.get(1).key(), memory);
        // When
        counter.init(context);
        counter.init(context);
        // Then
        PartitionSummary summary = sent().get(0);
        assertThat(summary.shards()).containsOnlyKeys(Health.IN_SYNC).containsEntry(Health.IN_SYNC, 1);
        assertThat(summary.lagOpsSum()).isEqualTo(50);
    }

    /** The judge forgot the last shard, and the process died before that was told. */
    @Test
    void whoBeginsAnewTellsThatAClusterHasNoShardsHere() {
        // Given
        ends.put("prod", new CollectionEnd("prod", 1, START, true, true, Map.of(), List.of()));
        // When
        counter.init(context);
        // Then
        assertThat(sent()).singleElement().satisfies(summary -> {
            assertThat(summary.cluster()).isEqualTo("prod");
            assertThat(summary.at()).isEqualTo(START);
            assertThat(summary.shards()).isEmpty();
            assertThat(summary.findings()).isEmpty();
        });
    }
}
