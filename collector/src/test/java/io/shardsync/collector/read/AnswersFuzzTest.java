package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.collector.Captures;
import io.shardsync.collector.fact.Census;
import io.shardsync.collector.fact.Switches;
import io.shardsync.collector.group.Grouping;
import io.shardsync.collector.group.Stamp;
import io.shardsync.collector.recovery.RecoveryReadings;
import io.shardsync.collector.recovery.RecoveryTracker;
import io.shardsync.runtime.elasticsearch.JsonParserFunction;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Elasticsearch answered, damaged: it is read as far as it can be understood, or refused as an answer that is none
 * ({@link IOException}), which the watcher takes as a failed call.
 */
class AnswersFuzzTest {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Stamp STAMP = new Stamp("prod", 7, Instant.EPOCH, "c", 7);
    private static final ClusterState NOTHING = new ClusterState("u", 1, "s", "A", null, Map.of(), List.of());
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");

    @Test
    void clusterStatesUpToWhatIsPublished() {
        NodeStats stats = Captures.read("nodes-stats-shards.json", NodeStatsReader::read);
        fuzz(
                "cluster state, published",
                Stream.of(Captures.bytes("cluster-state-routing-node-left.json"), text(ClusterStateReaderTest.MOVING)),
                json -> publish(ClusterStateReader.read(json), stats));
    }

    @Test
    void statisticsUpToWhatIsPublished() {
        ClusterState state = Captures.read("cluster-state-routing-node-left.json", ClusterStateReader::read);
        fuzz(
                "node statistics, published",
                Stream.of(
                        Captures.bytes("nodes-stats-shards.json"),
                        Captures.bytes("nodes-stats-replica-hung.json"),
                        text(SmallReadersTest.STATS)),
                json -> publish(state, NodeStatsReader.read(json)));
    }

    @Test
    void recoveriesUpToWhatIsPublished() {
        ClusterState moving = Captures.readText(ClusterStateReaderTest.MOVING, ClusterStateReader::read);
        RecoveryTracker tracking = RecoveryTracker.create()
                .next(STAMP, moving, RecoveryReadings.NONE)
                .after();
        fuzz(
                "recoveries, published",
                Stream.of(
                                "recovery-init-stage-check-on-startup.json",
                                "recovery-opsbased-peer-finalize.json",
                                "recovery-opsbased-peer-index.json",
                                "recovery-opsbased-peer-translog.json",
                                "recovery-index-stage-midway.json")
                        .map(Captures::bytes)
                        .map(entry -> text("{'ix':{'shards':[" + new String(entry, UTF_8) + "]}}")),
                json -> {
                    RecoveryTracker.Step step =
                            tracking.next(STAMP, moving, new RecoveryReadings(RecoveryReader.read(json), true));
                    step.events().forEach(event -> TOPICS.recoveryEvents()
                            .values()
                            .serializer()
                            .serialize("t", event));
                    return step;
                });
    }

    @Test
    void settings() {
        fuzz("cluster settings", Stream.of(text(SmallReadersTest.SETTINGS)), json -> {
            ClusterSettings settings = ClusterSettings.read(json);
            return Switches.maxShardsPerNode(settings)
                    + Switches.of(settings, NOTHING).size();
        });
    }

    @Test
    void smallAnswers() {
        fuzz(
                "signs of life",
                Stream.of(text("{'_nodes':{'failed':1},'nodes':{'A':{'name':'n1'},'B':{'name':'n2'}}}")),
                Answering::read);
        fuzz("activity", Stream.of(text(SmallReadersTest.ACTIVITY)), Activity::read);
        fuzz("health", Stream.of(Captures.bytes("cluster-health-node-left.json")), Health::read);
        fuzz("position", Stream.of(Captures.bytes("cluster-state-routing-node-left.json")), Position::read);
    }

    private static Object publish(ClusterState state, NodeStats stats) {
        new Grouping(state, stats).forEach(group -> group.records(STAMP)
                .forEach(copy -> TOPICS.shardSnapshots().values().serializer().serialize("t", copy)));
        return Census.of(state, stats, Activity.NONE, stats.answering(), Map.of());
    }

    private static void fuzz(String what, Stream<byte[]> answers, JsonParserFunction<?> reader) {
        Fuzz.Figures figures = Fuzz.run(what, new Mutations(Fuzz.SEED, answers.toList()), answer -> {
            try (JsonParser json = JSON.createParser(answer)) {
                reader.read(json);
                // As the connection does, which wants to know whether the answer was whole.
                while (json.nextToken() != null) {
                    json.skipChildren();
                }
                return true;
            } catch (IOException refused) {
                return false;
            }
        });
        assertThat(figures.taken()).isPositive();
        assertThat(figures.refused()).isPositive();
    }

    private static byte[] text(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }
}
