package io.shardsync.collector;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.header.Header;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

@WithSandbox
class CollectorIT {
    private static final String CLUSTER = Instances.CLUSTER;

    private final Sandbox sandbox;
    private final Instances instances;
    private Log log;

    CollectorIT(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.instances = new Instances(sandbox);
    }

    @BeforeEach
    void begin() {
        sandbox.reset();
        log = new Log(sandbox.kafka().bootstrap(), new Topics(Topics.DEFAULT_PREFIX, "/test"));
    }

    @AfterEach
    void end() {
        instances.close();
        log.close();
        sandbox.elasticsearch().nodes().stream()
                .filter(ElasticsearchNode::isFrozen)
                .forEach(ElasticsearchNode::thaw);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private static boolean areStarted(Collection<ShardSnapshot> copies, int count) {
        return copies.size() == count && copies.stream().allMatch(copy -> copy.state() == CopyState.STARTED);
    }

    @Test
    void publishesEveryCopyOfEveryShardWithItsCheckpoints() {
        // Given
        sandbox.http().createIndex("orders", 2, 1);
        sandbox.http().createIndex(".hidden", Map.of("number_of_shards", 1, "hidden", true));
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        for (int i = 0; i < 20; i++) {
            sandbox.http().index("orders", "id" + i, "{\"n\":" + i + "}");
        }

        // When
        instances.start("c1");

        // Then
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 4));
        log.groups().values().forEach(group -> {
            assertThat(group.get(group.size() - 1).role()).isEqualTo(Role.PRIMARY);
            assertThat(group).extracting(ShardSnapshot::copyOrdinal).isSorted();
            assertThat(group).allSatisfy(copy -> {
                assertThat(copy.answered()).isTrue();
                assertThat(copy.inSyncSet()).isTrue();
                assertThat(copy.primaryTerm()).isEqualTo(1);
                assertThat(copy.seqNo()).isNotNull();
                assertThat(copy.storeBytes()).isNotNull();
                assertThat(copy.stateVersion()).isPositive();
                assertThat(copy.translog()).isNotNull();
            });
        });
        assertThat(log.copiesOf("orders").stream()
                        .filter(copy -> copy.role() == Role.PRIMARY)
                        .mapToLong(copy -> copy.seqNo().max() + 1)
                        .sum())
                .isEqualTo(20);
        assertThat(log.copiesOf(".hidden")).isNotEmpty();
        ClusterSnapshot end = soon().until(() -> newestCluster(), snapshot -> snapshot != null);
        assertThat(end.reachable()).isTrue();
        assertThat(end.view()).isEqualTo(ClusterSnapshot.View.MASTER);
        assertThat(end.nodes()).hasSize(3).allSatisfy(node -> {
            assertThat(node.answered()).isTrue();
            assertThat(node.disk().totalBytes()).isPositive();
            assertThat(node.roles()).contains("data");
        });
        assertThat(end.master().nodeId()).isNotNull();
        assertThat(end.maxShardsPerNode()).isPositive();
    }

    private ClusterSnapshot newestCluster() {
        List<ClusterSnapshot> all = log.readOn().clusters();
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    @Test
    void writesKeysAndCloudEventHeaders() {
        sandbox.http().createIndex("orders", 1, 1);

        instances.start("c1");

        soon().until(() -> !log.readOn().copiesOf("orders").isEmpty());
        Log.Entry<?> entry = log.entries().stream()
                .filter(any -> any.value() instanceof ShardSnapshot)
                .findFirst()
                .orElseThrow();
        assertThat(new String(entry.raw().key(), UTF_8)).isEqualTo("prod/orders/0");
        Map<String, String> headers = Arrays.stream(entry.raw().headers().toArray())
                .collect(Collectors.toMap(Header::key, header -> new String(header.value(), UTF_8)));
        assertThat(headers)
                .containsEntry("ce_type", "io.shardsync.shard.snapshot.v1")
                .containsEntry("ce_source", "/shardsync/collector/c1")
                .containsKeys("ce_id", "ce_time", "ce_specversion", "content-type");
    }

    @Test
    void aFullCollectionSaysWhereItEndsInEachPartition() {
        sandbox.http().createIndex("orders", 3, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));

        instances.start("c1");

        ClusterSnapshot full = soon().until(
                        () -> log.readOn().clusters().stream()
                                .filter(ClusterSnapshot::full)
                                .findFirst()
                                .orElse(null),
                        snapshot -> snapshot != null);
        soon().until(() -> log.readOn().copiesOf("orders").size() == 6);
        Map<Integer, Long> expected = new HashMap<>();
        for (int partition = 0; partition < 6; partition++) {
            expected.put(partition, 0L);
        }
        log.entries().stream()
                .filter(entry -> entry.value() instanceof ShardSnapshot copy && copy.snapshotId() == full.snapshotId())
                .forEach(entry ->
                        expected.merge(entry.raw().partition(), entry.raw().offset() + 1, Math::max));
        assertThat(full.endOffsets()).isEqualTo(expected);
        assertThat(expected.values()).anyMatch(offset -> offset > 0);
    }

    @Test
    void publishesAnIdleGroupOnceAndAnUnsettledOneEachTime() {
        sandbox.http().createIndex("idle", 1, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        // More copies than nodes: one stays unassigned for ever.
        sandbox.http().createIndex("wanting", 1, 3);

        instances.start("c1");

        soon().until(() -> areStarted(log.readOn().copiesOf("idle"), 2));
        long settledAt = newestOf("idle");
        soon().until(() -> {
            log.readOn();
            return collectionsOf("wanting", settledAt) >= 4;
        });
        assertThat(collectionsOf("idle", settledAt)).isLessThan(collectionsOf("wanting", settledAt));
        assertThat(log.copiesOf("wanting")).anySatisfy(copy -> {
            assertThat(copy.state()).isEqualTo(CopyState.UNASSIGNED);
            assertThat(copy.unassigned().reason()).isEqualTo("INDEX_CREATED");
        });
    }

    private long newestOf(String index) {
        return log.copiesOf(index).stream()
                .mapToLong(ShardSnapshot::snapshotId)
                .max()
                .orElse(0);
    }

    private long collectionsOf(String index, long after) {
        return log.copies().stream()
                .filter(copy -> copy.index().equals(index))
                .mapToLong(ShardSnapshot::snapshotId)
                .filter(id -> id > after)
                .distinct()
                .count();
    }

    @Test
    void aDeletedIndexIsRemovedAndARecoveryEnds() {
        sandbox.http().createIndex("orders", 1, 0);
        instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 1));

        sandbox.http().put("/orders/_settings", "{\"index.number_of_replicas\":1}");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 2));
        String replica = log.copiesOf("orders").stream()
                .filter(copy -> copy.role() == Role.REPLICA)
                .map(ShardSnapshot::allocationId)
                .findFirst()
                .orElseThrow();
        soon().until(() -> log.readOn().recoveries().stream()
                .anyMatch(event -> event.recoveryId().equals(replica)
                        && event.outcome() == RecoveryEvent.Outcome.DONE
                        && event.stage().equals("DONE")));

        sandbox.http().delete("/orders");
        soon().until(() -> log.readOn().copies().stream()
                .anyMatch(copy -> copy.index().equals("orders") && copy.groupState() == GroupState.REMOVED));
        assertThat(log.groups()).doesNotContainKey(new ShardKey(CLUSTER, "orders", 0));
    }

    /** Those of security and of most plugins are hidden. */
    @Test
    void aRunningRecoveryOfAHiddenIndexIsSeenToProgress() {
        // Given
        sandbox.http().createIndex(".hidden", Map.of("number_of_replicas", 0, "hidden", true));
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[49_152];
            new Random(i).nextBytes(bytes);
            String text = Base64.getEncoder().encodeToString(bytes);
            sandbox.http().index(".hidden", "id" + i, "{\"b\":\"" + text + "\"}");
        }
        sandbox.http().post("/.hidden/_flush", null);
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"indices.recovery.max_bytes_per_sec\":\"100kb\"}}");
        instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf(".hidden"), 1));

        // When
        sandbox.http().put("/.hidden/_settings", "{\"index.number_of_replicas\":1}");

        // Then
        soon().until(() -> log.readOn().recoveries().stream()
                .filter(event -> event.index().equals(".hidden") && event.outcome() == RecoveryEvent.Outcome.RUNNING)
                .anyMatch(event -> event.percent() != null && event.percent() > 0 && event.percent() < 100));
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"indices.recovery.max_bytes_per_sec\":null}}");
    }

    @Test
    void aReplicaThatIsTakenAwayIsNoLongerInItsGroup() {
        sandbox.http().createIndex("orders", 1, 1);
        instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 2));

        sandbox.http().put("/orders/_settings", "{\"index.number_of_replicas\":0}");

        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 1));
        assertThat(log.copiesOf("orders")).allSatisfy(copy -> {
            assertThat(copy.role()).isEqualTo(Role.PRIMARY);
            assertThat(copy.groupSize()).isEqualTo(1);
        });
    }

    @Test
    @Tag("long")
    void withoutAMasterNothingIsSaidOfTheCopies() {
        // Given
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 2));
        ElasticsearchNode left = sandbox.elasticsearch("n1");
        List<ElasticsearchNode> others = sandbox.elasticsearch().nodes().stream()
                .filter(node -> node != left)
                .toList();

        // When the node that is left can't elect a master, but goes on to answer from the state it had
        others.forEach(ElasticsearchNode::kill);

        // Then
        ClusterSnapshot blind =
                soon().until(this::newestCluster, snapshot -> snapshot.view() == ClusterSnapshot.View.NO_MASTER);
        assertThat(blind.reachable()).isTrue();
        assertThat(blind.master()).isNull();
        assertThat(blind.copies()).isNull();
        assertThat(log.copies()).noneMatch(copy -> copy.snapshotId() == blind.snapshotId());

        // When
        others.forEach(ElasticsearchNode::start);

        // Then
        ClusterSnapshot seen = soon().until(
                        () -> log.readOn().clusters().stream()
                                .filter(snapshot -> snapshot.snapshotId() > blind.snapshotId()
                                        && snapshot.view() == ClusterSnapshot.View.MASTER)
                                .findFirst()
                                .orElse(null),
                        snapshot -> snapshot != null);
        assertThat(seen.full()).isTrue();
    }

    @Test
    void aKilledNodesCopiesAreUnassigned() {
        sandbox.http().createIndex("orders", 3, 2);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        instances.start("c1", "cluster.prod.interval.ms", "60000");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 9));

        ElasticsearchNode victim = sandbox.elasticsearch("n3");
        victim.kill();

        soon().until(() -> log.readOn().copiesOf("orders").stream()
                        .filter(copy -> copy.state() == CopyState.UNASSIGNED
                                && copy.unassigned().reason().equals("NODE_LEFT"))
                        .count()
                == 3);
        soon().until(() -> newestCluster().nodes().size() == 2);
        assertThat(newestCluster().delayed().copies()).isEqualTo(3);
        assertThat(newestCluster().delayed().nextExpiry()).isNotNull();
        victim.start();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false"})
    void aFrozenNodesCopiesAreNotAnsweringWhileTheOthersFlow(boolean isMaster, boolean isAsked) {
        sandbox.http().createIndex("orders", 3, 2);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        String master = nameOfMaster();
        ElasticsearchNode victim = sandbox.elasticsearch().nodes().stream()
                .filter(node -> node.name().equals(master) == isMaster)
                .findFirst()
                .orElseThrow();
        List<String> hosts = new ArrayList<>(sandbox.elasticsearch().urls());
        hosts.remove(victim.url());
        hosts.add(isAsked ? 0 : hosts.size(), victim.url());
        instances.start("c1", "cluster.prod.interval.ms", "600000", "cluster.prod.hosts", String.join(",", hosts));
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 9));

        Instant frozenAt = Instant.now();
        victim.freeze();

        // Elasticsearch itself needs more than half a minute, and then the copies are unassigned.
        soon().until(() -> log.readOn().copiesOf("orders").stream()
                .filter(copy -> !copy.answered())
                .map(ShardSnapshot::nodeName)
                .toList()
                .equals(List.of(victim.name(), victim.name(), victim.name())));
        System.out.println("from a node's freezing to its copies not answering: "
                + Duration.between(frozenAt, Instant.now()).toMillis() + " ms");
        assertThat(log.copiesOf("orders"))
                .filteredOn(copy -> !copy.nodeName().equals(victim.name()))
                .allSatisfy(copy -> assertThat(copy.seqNo()).isNotNull());
        // Twice in a row, which is what counts as unresponsive, long before the interval is over.
        soon().until(() -> log.readOn().clusters().stream()
                        .filter(snapshot -> snapshot.completedAt().isAfter(frozenAt))
                        .filter(snapshot -> snapshot.nodes().stream()
                                .anyMatch(node -> node.name().equals(victim.name()) && !node.answered()))
                        .count()
                >= 2);
        victim.thaw();
        soon().until(() -> log.readOn().copiesOf("orders").stream().allMatch(ShardSnapshot::answered));
    }

    private String nameOfMaster() {
        JsonNode state = sandbox.http().get("/_cluster/state/master_node,nodes?filter_path=master_node,nodes.*.name");
        return state.path("nodes")
                .path(state.path("master_node").asText())
                .path("name")
                .asText();
    }

    @Test
    void anotherInstanceTakesOverWithAFullCollectionAndHigherIds() {
        sandbox.http().createIndex("orders", 1, 1);
        Collector first = instances.start("c1");
        soon().until(() -> log.readOn().clusters().stream()
                .anyMatch(snapshot -> snapshot.collectorId().equals("c1")));
        instances.start("c2");

        instances.stop(first);

        ClusterSnapshot taken = soon().until(
                        () -> log.readOn().clusters().stream()
                                .filter(snapshot -> snapshot.collectorId().equals("c2"))
                                .findFirst()
                                .orElse(null),
                        snapshot -> snapshot != null);
        assertThat(taken.full()).isTrue();
        assertThat(log.clusters())
                .extracting(ClusterSnapshot::snapshotId)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void anIndexDeletedWhileNobodyLooksIsNotInTheNextFullCollection() {
        // Given
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().createIndex("gone", 2, 0);
        Collector first = instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf("gone"), 2));
        instances.stop(first);
        long seen = newestCluster().snapshotId();

        // When
        sandbox.http().delete("/gone");
        instances.start("c2");

        // Then
        ClusterSnapshot full = soon().until(this::newestCluster, snapshot -> snapshot.snapshotId() > seen);
        soon().until(() -> newestOf("orders") >= full.snapshotId());
        assertThat(full.full()).isTrue();
        assertThat(full.endOffsets()).hasSize(6);
        assertThat(newestOf("gone")).isLessThanOrEqualTo(seen);
    }

    @Test
    void aReplicaBehindAnIdlePrimaryIsPublishedEveryTime() {
        // Given a replica whose node hangs, so that it stays behind though nothing is written any more
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        instances.start("c1");
        soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 2));
        String replica = log.copiesOf("orders").stream()
                .filter(copy -> copy.role() == Role.REPLICA)
                .map(ShardSnapshot::nodeName)
                .findFirst()
                .orElseThrow();

        // When
        sandbox.elasticsearch(replica).freeze();

        // Then
        soon().until(() -> log.readOn().copiesOf("orders").stream().anyMatch(copy -> !copy.answered()));
        long since = newestOf("orders");
        soon().until(() -> {
            log.readOn();
            return collectionsOf("orders", since) >= 3;
        });
        assertThat(log.clusters().stream()
                        .filter(snapshot ->
                                snapshot.snapshotId() > since && snapshot.snapshotId() <= newestOf("orders"))
                        .count())
                .isEqualTo(collectionsOf("orders", since));
    }

    @Test
    void copiesAtRestAreNotReadAgainAndYetNoWriteIsMissed() {
        // Given a cluster in which nobody writes
        sandbox.http().createIndex("orders", 1, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        AtomicInteger readings = new AtomicInteger();
        try (Front front = new Front(sandbox.elasticsearch().urls().get(0))) {
            front.now(answer -> {
                if (answer.exchange().getRequestURI().toString().contains("level=shards")) {
                    readings.incrementAndGet();
                }
                answer.send();
            });
            instances.start("c1", "cluster.prod.hosts", front.url());
            soon().until(() -> areStarted(log.readOn().copiesOf("orders"), 2));
            int collections = log.clusters().size();
            int before = readings.get();

            // When
            soon().until(() -> log.readOn().clusters().size() >= collections + 6);

            // Then at most once more after they were seen to have settled
            assertThat(readings.get() - before).isLessThanOrEqualTo(2);
            assertThat(newestCluster().nodes()).allSatisfy(node -> {
                assertThat(node.answered()).isTrue();
                assertThat(node.disk()).isNotNull();
                assertThat(node.storeBytes()).isNotNull();
            });

            // When one document after another is written, and one is deleted
            for (long written = 0; written < 4; written++) {
                if (written < 3) {
                    sandbox.http().index("orders", "id" + written, "{\"n\":1}");
                } else {
                    sandbox.http().delete("/orders/_doc/id0");
                }

                // Then both copies are seen to have it, each time
                long expected = written;
                soon().until(() -> log.readOn().copiesOf("orders").stream()
                        .allMatch(copy -> copy.seqNo().localCheckpoint() == expected));
            }
        }
    }

    @Test
    void saysWhyAClusterCantBeRead() {
        instances.start("c1", "cluster.prod.hosts", "http://127.0.0.1:9");

        ClusterSnapshot failed = soon().until(this::newestCluster, snapshot -> snapshot != null);

        assertThat(failed.reachable()).isFalse();
        assertThat(failed.error().code()).isEqualTo("unreachable");
        assertThat(log.copies()).isEmpty();
    }
}
