package io.shardsync.processor;

import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever happens to a cluster, some things hold. */
class RandomHistoryTest {
    private static final List<String> INDICES = List.of("a", "b", "c");
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    /** What a collection finds of one index. */
    enum Sight {
        IN_SYNC(Health.IN_SYNC),
        UNASSIGNED(Health.DEGRADED),
        DELAYED(Health.DEGRADED),
        EXHAUSTED(Health.DEGRADED),
        RECOVERING(Health.RECOVERING),
        SILENT(Health.UNKNOWN),
        PRIMARY_SILENT(Health.UNKNOWN),
        NO_PRIMARY(Health.NO_PRIMARY),
        MOVING(Health.IN_SYNC),
        HALF_WRITTEN(null),
        NOT_PUBLISHED(null),
        DELETED(null);

        private final Health health;

        Sight(Health health) {
            this.health = health;
        }
    }

    /** How the cluster as a whole is found. */
    enum Whole {
        WELL,
        NODE_LOST,
        SWITCHED_OFF,
        UNREACHABLE,
        NO_MASTER,
        SILENCE
    }

    /**
     * A stretch of time in which everything stays the same.
     *
     * @param seconds how long
     */
    record Stretch(Whole whole, Map<String, Sight> sights, int seconds) {}

    @Provide
    Arbitrary<List<Stretch>> histories() {
        Arbitrary<Map<String, Sight>> sights = Arbitraries.maps(Arbitraries.of(INDICES), Arbitraries.of(Sight.class))
                .ofSize(INDICES.size());
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(4, Arbitraries.just(Whole.WELL)),
                                net.jqwik.api.Tuple.of(3, Arbitraries.of(Whole.class))),
                        sights,
                        Arbitraries.of(3, 15, 50))
                .as(Stretch::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(7);
    }

    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void statusesAreTheTruthAlertsHaveOneLifeAtATimeAndReplayIsTheSame(@ForAll("histories") List<Stretch> history) {
        Outcome first = play(history);
        Outcome second = play(history);

        assertThat(first.statuses()).isEqualTo(first.truth());
        everyAlertHasOneLifeAtATime(first.alerts());
        assertThat(second.alerts()).as("replayed alerts").isEqualTo(first.alerts());
        assertThat(second.commands()).as("replayed commands").isEqualTo(first.commands());
        assertThat(first.commands()).extracting(RecoveryCommand::commandId).doesNotHaveDuplicates();
    }

    private record Outcome(
            Map<String, Health> statuses,
            Map<String, Health> truth,
            List<Alert> alerts,
            List<RecoveryCommand> commands) {}

    private static Outcome play(List<Stretch> history) {
        Path folder = temporary();
        try (Harness harness = new Harness(folder, Map.of("healing.mode", "act"))) {
            Map<String, Health> truth = new TreeMap<>();
            Map<String, Health> published = new TreeMap<>();
            for (Stretch stretch : history) {
                for (int second = 0; second < stretch.seconds(); second++) {
                    boolean seen = stretch.whole() != Whole.UNREACHABLE
                            && stretch.whole() != Whole.NO_MASTER
                            && stretch.whole() != Whole.SILENCE;
                    if (seen) {
                        stretch.sights().forEach((index, sight) -> publish(harness, index, sight, truth));
                    }
                    end(harness, stretch.whole());
                    harness.pass(Duration.ofSeconds(1));
                }
            }
            // A last look, so that whatever was unknown is known again.
            Stretch last = history.get(history.size() - 1);
            last.sights().forEach((index, sight) -> publish(harness, index, sight, truth));
            end(harness, Whole.WELL);
            harness.pass(Duration.ofSeconds(1));
            for (Map.Entry<ShardKey, ReplicationStatus> one : harness.statuses().entrySet()) {
                if (one.getValue() == null) {
                    published.remove(one.getKey().index());
                } else {
                    published.put(one.getKey().index(), one.getValue().health());
                }
            }
            // What was not published in the last look may rightly still be unknown.
            Map<String, Health> comparable = new HashMap<>(truth);
            comparable
                    .keySet()
                    .removeIf(index -> last.sights().get(index).health == null
                            && last.sights().get(index) != Sight.DELETED);
            published.keySet().retainAll(comparable.keySet());
            return new Outcome(published, new TreeMap<>(comparable), harness.alerts(), harness.commands());
        } finally {
            delete(folder);
        }
    }

    private static void publish(Harness harness, String index, Sight sight, Map<String, Health> truth) {
        Copies copies = Copies.of(index, harness.now());
        switch (sight) {
            case IN_SYNC -> harness.shards(copies.replica("n2", 100).primary("n1", 100));
            case UNASSIGNED ->
                harness.shards(copies.unassigned("NODE_LEFT", false).primary("n1", 100));
            case DELAYED -> harness.shards(copies.unassigned("NODE_LEFT", true).primary("n1", 100));
            case EXHAUSTED -> harness.shards(copies.exhausted().primary("n1", 100));
            case RECOVERING -> harness.shards(copies.initializing("n2").primary("n1", 100));
            case SILENT -> harness.shards(copies.silentReplica("n2").primary("n1", 100));
            case PRIMARY_SILENT -> harness.shards(copies.replica("n2", 100).primary("n1", 100, 100, false));
            case NO_PRIMARY ->
                harness.shards(copies.unassigned("NODE_LEFT", false).noPrimary("NODE_LEFT"));
            case MOVING -> harness.shards(copies.moving("n2", "n3", 100).primary("n1", 100));
            case HALF_WRITTEN -> {
                List<ShardSnapshot> group = copies.replica("n2", 100).primary("n1", 100);
                harness.shards(group.subList(1, 2));
            }
            case NOT_PUBLISHED -> {}
            case DELETED -> harness.shards(copies.removed());
        }
        if (sight == Sight.DELETED) {
            truth.remove(index);
        } else if (sight.health != null) {
            truth.put(index, sight.health);
        }
    }

    private static void end(Harness harness, Whole whole) {
        switch (whole) {
            case WELL -> harness.collection(NODES, List.of());
            case NODE_LOST -> harness.collection(List.of("n1", "n2"), List.of());
            case SWITCHED_OFF ->
                harness.collection(
                        NODES,
                        List.of(new Switch("cluster.routing.allocation.enable", "none", Scope.PERSISTENT, null)));
            case UNREACHABLE -> harness.unreachable();
            case NO_MASTER -> harness.noMaster(NODES);
            case SILENCE -> {}
        }
    }

    private static void everyAlertHasOneLifeAtATime(List<Alert> told) {
        Map<String, Alert> open = new HashMap<>();
        Map<String, Integer> occurrences = new HashMap<>();
        for (Alert alert : told) {
            Alert before = open.get(alert.fingerprint());
            if (before == null) {
                assertThat(alert.status())
                        .as("a life begins with firing: %s", alert)
                        .isEqualTo(Status.FIRING);
                assertThat(alert.occurrences())
                        .as("each life is counted: %s", alert)
                        .isEqualTo(occurrences.getOrDefault(alert.fingerprint(), 0) + 1);
                occurrences.put(alert.fingerprint(), alert.occurrences());
            } else {
                assertThat(alert.startsAt()).as("one beginning: %s", alert).isEqualTo(before.startsAt());
                assertThat(alert.occurrences()).isEqualTo(before.occurrences());
            }
            if (alert.status() == Status.RESOLVED) {
                Instant ends = alert.endsAt();
                assertThat(ends).as("an end has its time: %s", alert).isNotNull();
                open.remove(alert.fingerprint());
            } else {
                assertThat(alert.endsAt()).isNull();
                open.put(alert.fingerprint(), alert);
            }
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("history");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
