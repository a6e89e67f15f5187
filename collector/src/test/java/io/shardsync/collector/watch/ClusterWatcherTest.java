package io.shardsync.collector.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.collector.publish.SnapshotPublisher;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.Credentials;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** The rounds of one watch, over a cluster of one node whose answers are written by hand. */
class ClusterWatcherTest {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(1), INTERVAL, Duration.ofMinutes(5), Duration.ofSeconds(1));

    private static final String STATE =
            """
            {'cluster_uuid':'u','version':7,'state_uuid':'s','master_node':'A',
             'nodes':{'A':{'name':'n1','roles':['data','master']}},
             'routing_table':{'indices':{'orders':{'shards':{'0':[
               {'state':'STARTED','primary':true,'node':'A','allocation_id':{'id':'a'}}]}}}},
             'metadata':{'indices':{'orders':{'settings':{'index':{'uuid':'i'}}}},
               'node_shutdown':{'nodes':{'A':{'node_id':'A','type':'RESTART'}}}}}
            """;

    private static final String NOT_RECOVERED =
            """
            {'cluster_uuid':'u','version':8,'state_uuid':'t','master_node':'A','nodes':{'A':{'name':'n1'}},
             'blocks':{'global':{'1':{'description':'state not recovered / initialized',
               'levels':['read','write','metadata_read','metadata_write']}}}}
            """;

    private static final String STATS = "{'nodes':{'A':{'name':'n1','indices':{'shards':{'orders':[{'0':"
            + "{'seq_no':{'max_seq_no':4,'local_checkpoint':4,'global_checkpoint':4}}}]}}}}}";

    private final PlayedKafka kafka = new PlayedKafka();
    private final SettableClock clock = new SettableClock();
    private final SnapshotPublisher publisher = kafka.publisher();
    private volatile String state = STATE;
    private volatile String recoveries = "{}";
    private volatile int looks;
    private volatile boolean nodesFail;
    private final AtomicBoolean answersChanged = new AtomicBoolean();
    private final AtomicBoolean called = new AtomicBoolean();
    private NodesProbe probe;
    private HttpServer server;
    private Elasticsearch elasticsearch;
    private ClusterWatcher watcher;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::answer);
        server.start();
        elasticsearch = Elasticsearch.of(new ClusterConfig(
                "prod",
                Stream.of("127.0.0.1", "localhost")
                        .map(host -> URI.create(
                                "http://" + host + ":" + server.getAddress().getPort()))
                        .toList(),
                new Credentials.None(),
                Optional.empty(),
                INTERVAL));
        watcher = watcher(null);
    }

    private ClusterWatcher watcher(ClusterSnapshot newest) {
        Hosts hosts = new Hosts(elasticsearch, TIMING.nodeTimeout());
        probe = new NodesProbe(hosts, TIMING.poll(), clock, () -> answersChanged.set(true), () -> called.set(true));
        return new ClusterWatcher(
                new Watched("prod", Optional.empty(), "c1"),
                TIMING,
                hosts,
                probe,
                answersChanged,
                publisher,
                newest,
                new WatchMetrics(new SimpleMeterRegistry(), "prod", clock),
                clock);
    }

    @AfterEach
    void end() {
        elasticsearch.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        looks += path.equals("/_cluster/state/version,master_node") ? 1 : 0;
        String json = path.startsWith("/_cluster/state")
                ? state
                : path.startsWith("/_nodes") ? STATS : path.equals("/_recovery") ? recoveries : "{}";
        boolean fails = nodesFail && path.startsWith("/_nodes");
        byte[] body = json.replace('\'', '"').getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
        exchange.sendResponseHeaders(fails ? 500 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private List<ClusterSnapshot> collections() {
        return kafka.collections();
    }

    @Test
    void saysWhichNodeIsToBeShutDown() throws Exception {
        watcher.step();

        ClusterSnapshot first = collections().get(0);
        assertThat(first.nodes())
                .extracting(ClusterSnapshot.Node::shutdown)
                .containsExactly(new ClusterSnapshot.Shutdown("RESTART", "unknown"));
    }

    /** One hour back is not one hour without a collection. */
    @Test
    void goesOnWhenTheClockIsSetBack() throws Exception {
        watcher.step();
        clock.move(Duration.ofHours(-1));

        assertThat(watcher.step()).isLessThanOrEqualTo(INTERVAL);

        assertThat(collections()).hasSize(2);
        assertThat(collections().get(1).full()).isTrue();
        assertThat(collections().get(1).completedAt()).isEqualTo(clock.instant());
        assertThat(collections().get(1).snapshotId())
                .isGreaterThan(collections().get(0).snapshotId());
        clock.move(INTERVAL);
        watcher.step();
        assertThat(collections()).hasSize(3);
        assertThat(collections().get(2).full()).isFalse();
        assertThat(collections().get(2).snapshotId())
                .isGreaterThan(collections().get(1).snapshotId());
    }

    @Test
    void tellsTheEndOfWhatAPredecessorSawRunning() throws Exception {
        watcher.step();
        clock.move(INTERVAL);
        recoveries = endedBefore(Duration.ofSeconds(5));

        watcher(collections().get(0)).step();

        assertThatItsEndIsTold();
    }

    private String endedBefore(Duration now) {
        return "{'orders':{'shards':[{'id':0,'type':'EXISTING_STORE','stage':'DONE','primary':true,"
                + "'start_time_in_millis':1,'stop_time_in_millis':"
                + clock.instant().minus(now).toEpochMilli() + ",'target':{'id':'A','name':'n1'}}]}}";
    }

    private void assertThatItsEndIsTold() {
        assertThat(kafka.published(kafka.topics.recoveryEvents()))
                .extracting(RecoveryEvent::recoveryId, RecoveryEvent::type, RecoveryEvent::outcome)
                .containsExactly(tuple("a", "EXISTING_STORE", RecoveryEvent.Outcome.DONE));
    }

    @Test
    void tellsTheEndAlsoWhenRecoveriesCouldNotBeReadAtFirst() throws Exception {
        // Given
        watcher.step();
        clock.move(INTERVAL);
        recoveries = "{";
        ClusterWatcher successor = watcher(collections().get(0));
        successor.step();
        // When
        clock.move(INTERVAL);
        recoveries = endedBefore(Duration.ofSeconds(15));
        successor.step();
        // Then
        assertThatItsEndIsTold();
    }

    /** It ended before the predecessor published last, and nobody saw it. */
    @Test
    void tellsTheEndOfWhatAPredecessorCouldNotSeeAnyMore() throws Exception {
        // Given
        watcher.step();
        state = NOT_RECOVERED;
        clock.move(Duration.ofMinutes(20));
        watcher.step();
        // When
        state = STATE;
        recoveries = endedBefore(Duration.ofMinutes(10));
        watcher(collections().get(1)).step();
        // Then
        assertThatItsEndIsTold();
    }

    @Test
    void aStateThatIsNotRecoveredIsNoEmptyCluster() throws Exception {
        watcher.step();
        state = NOT_RECOVERED;
        clock.move(INTERVAL);
        watcher.step();

        ClusterSnapshot blind = collections().get(1);
        assertThat(blind.reachable()).isFalse();
        assertThat(blind.full()).isFalse();
        assertThat(blind.error().code()).isEqualTo("blocked");
        assertThat(blind.error().text()).contains("n1").contains("state not recovered / initialized");

        state = STATE;
        clock.move(TIMING.poll());
        watcher.step();

        assertThat(collections().get(2).full()).isTrue();
        assertThat(kafka.published(kafka.topics.shardSnapshots()))
                .extracting(ShardSnapshot::groupState)
                .containsOnly(GroupState.LIVE)
                .hasSize(2);
    }

    /** A collection, and then probes until the last two say the same. */
    private void collectAndProbe() throws Exception {
        watcher.step();
        for (int i = 0; i < 3; i++) {
            probe.probe();
        }
        clock.move(TIMING.poll());
        watcher.step();
        probe.probe();
        clock.move(TIMING.poll());
        called.set(false);
    }

    @Test
    void asLongAsTheProbeSeesNothingNewNobodyElseLooks() throws Exception {
        collectAndProbe();

        for (Duration passed = Duration.ZERO; passed.compareTo(INTERVAL.minusSeconds(2)) < 0; ) {
            probe.probe();
            int before = looks;
            Duration rest = watcher.step();
            assertThat(looks).isEqualTo(before);
            assertThat(rest).isPositive().isLessThanOrEqualTo(TIMING.poll().plusMillis(100));
            clock.move(rest);
            passed = passed.plus(rest);
        }

        assertThat(called).isFalse();
    }

    /** It would be asked twice, by the probe and by the watch, each second and for ever. */
    @Test
    void afterAProbeThatFailedTheWatchIsSparedAgain() throws Exception {
        // Given
        collectAndProbe();
        nodesFail = true;
        probe.probe();
        nodesFail = false;
        // When
        clock.move(INTERVAL);
        collectAndProbe();
        // Then
        probe.probe();
        int before = looks;
        watcher.step();
        assertThat(looks).isEqualTo(before);
    }

    @Test
    void collectsEachIntervalAllTheSame() throws Exception {
        collectAndProbe();
        int before = collections().size();

        for (int second = 0; second <= INTERVAL.toSeconds(); second++) {
            probe.probe();
            clock.move(watcher.step());
        }

        assertThat(collections()).hasSize(before + 1);
    }

    @Test
    void looksAtOnceWhenTheProbeSeesANewState() throws Exception {
        collectAndProbe();
        int before = collections().size();
        state = STATE.replace("'version':7,'state_uuid':'s'", "'version':8,'state_uuid':'t'");

        probe.probe();
        watcher.step();

        assertThat(called).isTrue();
        assertThat(collections()).hasSize(before + 1);
    }

    /** As when the change came during a long collection, which the call for it could not interrupt. */
    @Test
    void looksAtAStateThatTheProbeHasSeenMoreThanOnceByNow() throws Exception {
        collectAndProbe();
        int before = collections().size();
        state = STATE.replace("'version':7,'state_uuid':'s'", "'version':8,'state_uuid':'t'");

        probe.probe();
        probe.probe();
        probe.probe();
        watcher.step();

        assertThat(collections()).hasSize(before + 1);
    }

    @Test
    void trustsNoProbeOfTheFuture() throws Exception {
        collectAndProbe();
        probe.probe();
        clock.move(Duration.ofMillis(-1));
        int before = looks;

        watcher.step();

        assertThat(looks).isGreaterThan(before);
    }

    /** A node that hangs holds it up, and the cluster changes meanwhile. */
    @Test
    void looksWhenTheProbeDoesNotComeBack() throws Exception {
        collectAndProbe();
        probe.probe();
        Duration rest = watcher.step();
        int before = looks;

        clock.move(rest);
        watcher.step();

        assertThat(looks).isEqualTo(before + 1);
    }

    @Test
    void doesNotForgetACollectionThatComesTooSoonAfterTheLast() throws Exception {
        collectAndProbe();
        probe.probe();
        state = STATE.replace("'version':7,'state_uuid':'s'", "'version':8,'state_uuid':'t'");
        probe.probe();
        watcher.step();
        int before = collections().size();
        state = STATE.replace("'version':7,'state_uuid':'s'", "'version':9,'state_uuid':'u'");
        clock.move(Duration.ofMillis(100));
        probe.probe();

        Duration gap = watcher.step();
        probe.probe();
        clock.move(gap);
        watcher.step();

        assertThat(gap).isEqualTo(Timing.LEAST_GAP.minusMillis(100));
        assertThat(collections()).hasSize(before + 1);
    }

    @Test
    void collectsAgainWhatKafkaRefused() throws Exception {
        collectAndProbe();
        state = STATE.replace("'version':7,'state_uuid':'s'", "'version':8,'state_uuid':'t'");
        probe.probe();
        kafka.refuseCommits();
        watcher.step();
        kafka.beginAnew();
        probe.probe();

        watcher.step();

        assertThat(collections()).hasSize(1);
    }
}
