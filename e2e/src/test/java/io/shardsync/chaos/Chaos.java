package io.shardsync.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.chaos.History.CopyThere;
import io.shardsync.chaos.History.Struck;
import io.shardsync.chaos.Sequence.Round;
import io.shardsync.sandbox.SandboxException;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.WriteLoadSpec;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Plays a sequence: strikes a round's blows, waits until they are told, undoes them, and waits for calm before the
 * next. Meanwhile writes go on and commands are sent.
 */
final class Chaos implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Chaos.class);
    private static final Duration CALM = Duration.ofMinutes(4);
    private static final Duration BREATH = Duration.ofSeconds(1);
    private static final int WRITES_PER_SECOND = 100;
    private static final List<String> INDICES = List.of("orders", "users");

    private final Fleet fleet;
    private final Recorder recorder;
    private final List<Struck> struck = new ArrayList<>();
    private final List<History.Use> uses = new ArrayList<>();
    private final Map<String, String> settingsBefore;

    Chaos() throws InterruptedException {
        fleet = Fleet.start();
        try {
            for (String index : INDICES) {
                fleet.sandbox()
                        .http()
                        .createIndex(
                                index,
                                Map.of(
                                        "number_of_shards",
                                        2,
                                        "number_of_replicas",
                                        2,
                                        "unassigned.node_left.delayed_timeout",
                                        "10m"));
            }
            fleet.sandbox().http().awaitHealth("green", CALM);
            recorder = new Recorder(fleet.sandbox().kafka().bootstrap(), fleet.topics());
            awaitCalm("before the first blow", 2 * INDICES.size());
            settingsBefore = settings();
        } catch (RuntimeException | InterruptedException e) {
            fleet.close();
            throw e;
        }
    }

    /**
     * Plays it to its end, or until calm does not come back, and says what happened.
     *
     * @param until no round begins later
     */
    History play(Sequence sequence, Instant until) throws InterruptedException {
        log.info("chaos: seed {}, {} rounds", sequence.seed(), sequence.rounds().size());
        try (WriteLoad load =
                WriteLoad.start(fleet.sandbox(), WriteLoadSpec.of(WRITES_PER_SECOND, INDICES.toArray(new String[0])))) {
            for (Round round : sequence.rounds()) {
                if (Instant.now().isAfter(until)) {
                    log.info("chaos: time is over");
                    break;
                }
                play(round);
            }
            log.info("chaos: {} operations written, {} refused", load.acknowledged(), load.failed());
        }
        awaitCalm("at the end", 2 * INDICES.size());
        // Reading copies and statuses takes two looks; nothing is written any more, so they may differ no longer.
        recorder.await(CALM, () -> Invariants.STATUSES_ARE_WHAT_ELASTICSEARCH_SAYS
                .breaches(history())
                .isEmpty());
        return history();
    }

    private void play(Round round) throws InterruptedException {
        command(CommandType.DIAGNOSE);
        command(CommandType.RECOVER);
        uses.addAll(fleet.use());
        fleet.spare(
                round.blows().stream().flatMap(blow -> blow.targets().stream()).collect(Collectors.toSet()));
        Instant from = Instant.now();
        Deque<Runnable> remedies = new ArrayDeque<>();
        for (Blow blow : round.blows()) {
            log.info("chaos: {}", blow);
            remedies.push(blow.strike(fleet));
        }
        recorder.await(round.hold(), () -> false);
        for (Blow blow : round.blows()) {
            if (blow.sign().isPresent()) {
                recorder.await(
                        round.within(blow), () -> new Struck(blow, round.within(blow), from, Instant.MAX, Instant.MAX)
                                .detection(recorder.alerts())
                                .isPresent());
            }
        }
        remedies.forEach(Runnable::run);
        fleet.spare(Set.of());
        Instant undone = Instant.now();
        awaitCalm(String.valueOf(round.blows()), 2 * INDICES.size());
        Instant calm = Instant.now();
        round.blows().forEach(blow -> struck.add(new Struck(blow, round.within(blow), from, undone, calm)));
        uses.addAll(fleet.use());
        log.info(
                "chaos: calm {} s after the blow, {} s after its end",
                Duration.between(from, calm).toSeconds(),
                Duration.between(undone, calm).toSeconds());
    }

    /** Every service ready, and then a collection in which nothing is left of what was. */
    private void awaitCalm(String after, int shards) throws InterruptedException {
        fleet.awaitServices();
        fleet.sandbox().http().awaitHealth("green", CALM);
        Instant green = Instant.now();
        boolean calm = recorder.await(
                CALM,
                () -> recorder.unrest().isEmpty()
                        && recorder.statuses().size() >= shards
                        && recorder.newestCollection().isAfter(green));
        if (!calm) {
            throw new SandboxException("no calm within " + CALM.toSeconds() + " s after " + after + ": "
                    + recorder.unrest() + ", " + recorder.statuses().size() + " statuses, newest collection at "
                    + recorder.newestCollection());
        }
        // What resolves for a moment only is not over.
        recorder.await(BREATH, () -> false);
    }

    private void command(CommandType type) {
        Instant now = Instant.now();
        RecoveryCommand command = RecoveryCommand.builder(type, Fleet.CLUSTER)
                .index(INDICES.get(0))
                .requested("chaos", now, now.plus(CALM))
                .reason("to be done whatever happens")
                .build();
        Topic<String, RecoveryCommand> topic = fleet.topics().recoveryCommands();
        fleet.send(topic.name(), Fleet.CLUSTER, topic.values().serializer().serialize(topic.name(), command));
    }

    private Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        JsonNode answer = fleet.sandbox().http().get("/_cluster/settings?flat_settings=true");
        for (String scope : List.of("persistent", "transient")) {
            answer.path(scope)
                    .properties()
                    .forEach(one ->
                            all.put(scope + " " + one.getKey(), one.getValue().asText()));
        }
        return all;
    }

    /** Every copy of every index, from the routing table, with its sequence numbers, from the copy itself. */
    private Map<ShardKey, List<CopyThere>> copies() {
        Map<ShardKey, List<CopyThere>> all = new TreeMap<>();
        JsonNode answer = fleet.sandbox()
                .http()
                .get("/_all/_stats?level=shards&expand_wildcards=all&filter_path="
                        + "indices.*.shards.*.routing,indices.*.shards.*.seq_no");
        JsonNode nodes =
                fleet.sandbox().http().get("/_nodes?filter_path=nodes.*.name").path("nodes");
        answer.path("indices").properties().forEach(index -> index.getValue()
                .path("shards")
                .properties()
                .forEach(shard -> all.put(
                        new ShardKey(Fleet.CLUSTER, index.getKey(), Integer.parseInt(shard.getKey())),
                        copies(shard.getValue(), nodes))));
        return all;
    }

    private static List<CopyThere> copies(JsonNode group, JsonNode nodes) {
        long highest = 0;
        for (JsonNode copy : group) {
            if (copy.path("routing").path("primary").asBoolean()) {
                highest = copy.path("seq_no").path("max_seq_no").asLong();
            }
        }
        List<CopyThere> copies = new ArrayList<>();
        for (JsonNode copy : group) {
            copies.add(new CopyThere(
                    nodes.path(copy.path("routing").path("node").asText())
                            .path("name")
                            .asText(),
                    copy.path("routing").path("primary").asBoolean(),
                    copy.path("routing").path("state").asText(),
                    highest - copy.path("seq_no").path("local_checkpoint").asLong()));
        }
        return copies;
    }

    /** All that is known now. */
    History history() {
        return new History(
                List.copyOf(struck),
                recorder.alerts(),
                recorder.results(),
                recorder.sent(),
                fleet.thrown(),
                recorder.letters(),
                fleet.requests(),
                List.copyOf(uses),
                settingsBefore,
                settings(),
                recorder.statuses(),
                copies(),
                recorder.newestGroups());
    }

    /** How often a service ended by itself and was started again. */
    int restarts() {
        return fleet.restarts();
    }

    /** Copies what the processes said. */
    void saveLogs(Path folder) {
        fleet.saveLogs(folder);
    }

    /** What was done so far, even where the end was not reached. */
    List<Struck> struck() {
        return List.copyOf(struck);
    }

    /** Every alert told so far. */
    List<History.Told> alerts() {
        return recorder.alerts();
    }

    @Override
    public void close() throws InterruptedException {
        recorder.close();
        fleet.close();
    }
}
