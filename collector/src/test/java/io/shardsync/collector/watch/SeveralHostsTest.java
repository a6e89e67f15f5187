package io.shardsync.collector.watch;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.Credentials;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Which of its hosts a watch asks, and what it tells of a cluster that not all of them can tell of. */
class SeveralHostsTest {
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMillis(200));

    private final PlayedKafka kafka = new PlayedKafka();
    private final SettableClock clock = new SettableClock();
    private final PlayedHost first = healthy();
    private final PlayedHost second = healthy();
    private Elasticsearch elasticsearch;
    private ClusterWatcher watcher;
    private NodesProbe probe;

    private static String state(String uuid, long version, String master) {
        return "{'cluster_uuid':'" + uuid + "','version':" + version + ",'state_uuid':'s" + version + "',"
                + (master.isEmpty() ? "" : "'master_node':'" + master + "',")
                + "'nodes':{'A':{'name':'n1'},'B':{'name':'n2'}},'metadata':{'indices':{}}}";
    }

    private static PlayedHost healthy() {
        return new PlayedHost()
                .state(state("u", 7, "B"))
                .masterState(state("u", 7, "B"))
                .stats("{'nodes':{'A':{'name':'n1'},'B':{'name':'n2'}}}");
    }

    private void watch(PlayedHost... hosts) {
        elasticsearch = Elasticsearch.of(new ClusterConfig(
                "prod",
                Stream.of(hosts).map(PlayedHost::url).toList(),
                new Credentials.None(),
                Optional.empty(),
                TIMING.interval()));
        Hosts asked = new Hosts(elasticsearch, TIMING.nodeTimeout());
        AtomicBoolean answersChanged = new AtomicBoolean();
        probe = new NodesProbe(asked, TIMING.poll(), clock, () -> answersChanged.set(true), () -> {});
        watcher = new ClusterWatcher(
                new Watched("prod", Optional.of("u"), "c1"),
                TIMING,
                asked,
                probe,
                answersChanged,
                kafka.publisher(),
                null,
                new WatchMetrics(new SimpleMeterRegistry(), "prod", clock),
                clock);
    }

    @AfterEach
    void end() {
        elasticsearch.close();
        first.close();
        second.close();
    }

    private ClusterSnapshot newest() {
        List<ClusterSnapshot> all = kafka.collections();
        return all.get(all.size() - 1);
    }

    /** A circuit breaker, users in a file on each node, a proxy's rule: it is of one node each time. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 503})
    void whatOneHostRefusesAnotherIsAskedForAtOnce(int status) throws Exception {
        // Given
        watch(first.refuses(status), second);
        // When
        Duration pause = watcher.step();
        watcher.step();
        // Then
        assertThat(pause).isZero();
        assertThat(kafka.collections()).hasSize(1);
        assertThat(newest().reachable()).isTrue();
        assertThat(newest().view()).isEqualTo(View.MASTER);
    }

    @Test
    void aHostOfAnotherClusterIsLeftToo() throws Exception {
        // Given
        watch(first.state(state("other", 7, "B")), second);
        // When
        Duration pause = watcher.step();
        watcher.step();
        // Then
        assertThat(pause).isZero();
        assertThat(kafka.collections()).extracting(ClusterSnapshot::reachable).containsExactly(true);
    }

    @Test
    void theMasterOfAnotherClusterIsNoMaster() throws Exception {
        watch(first.state(state("u", 7, "")), second.state(state("other", 9, "B")));

        watcher.step();

        assertThat(newest().view()).isEqualTo(View.NO_MASTER);
    }

    @Test
    void whenEveryHostHasFailedTheOneThatAnsweredIsToldOf() throws Exception {
        // Given
        second.close();
        watch(first.refuses(401), second);
        // When
        watcher.step();
        Duration pause = watcher.step();
        // Then
        assertThat(pause).isPositive();
        assertThat(kafka.collections()).hasSize(1);
        assertThat(newest().error().code()).isEqualTo("authentication");
        assertThat(newest().error().text()).contains(first.url().toString());
    }

    @Test
    void whenEveryHostIsOfAnotherClusterItIsToldWhich() throws Exception {
        // Given
        watch(first.state(state("other", 7, "B")), second.state(state("other", 7, "B")));
        // When
        watcher.step();
        Duration pause = watcher.step();
        // Then
        assertThat(pause).isPositive();
        assertThat(newest().error().code()).isEqualTo("wrong_cluster");
        assertThat(newest().error().text()).contains("other").contains("collector.uuid.prod");
    }

    /** Nobody else can be asked, and what the master said is not forgotten for that. */
    @Test
    void theOnlyHostIsNotBelievedUntilItHasTheMastersState() throws Exception {
        // Given
        watch(first.masterState(state("u", 9, "B")));
        watcher.step();
        // When
        for (int collection = 0; collection < 3; collection++) {
            clock.move(TIMING.interval());
            watcher.step();
        }
        first.state(state("u", 9, "B"));
        clock.move(TIMING.interval());
        watcher.step();
        // Then
        assertThat(kafka.collections())
                .extracting(ClusterSnapshot::view)
                .containsExactly(View.MASTER, View.STALE, View.STALE, View.STALE, View.MASTER);
    }

    /** As from a backup of the nodes' disks. */
    @Test
    void aClusterThatWasRestoredAsItWasBeforeIsBelievedAgain() throws Exception {
        // Given
        watch(first);
        watcher.step();
        // When
        first.refuses(503);
        clock.move(TIMING.interval());
        watcher.step();
        first.refuses(0).state(state("u", 3, "B")).masterState(state("u", 3, "B"));
        clock.move(TIMING.interval());
        watcher.step();
        // Then
        assertThat(newest().view()).isEqualTo(View.MASTER);
    }

    /** It believes in its master for half a minute, and takes all others for dead. */
    private void cutOff(PlayedHost host) {
        host.masterState(null).stats("{'_nodes':{'failed':1},'nodes':{'A':{'name':'n1'}}}");
    }

    @Test
    void aHostThatIsCutOffIsLeftForOneThatTheMasterAnswers() throws Exception {
        // Given
        watch(first, second);
        watcher.step();
        clock.move(TIMING.poll());
        // When
        cutOff(first);
        second.state(state("u", 8, "B")).masterState(state("u", 8, "B"));
        probe.probe();
        watcher.step();
        // Then
        assertThat(kafka.collections()).hasSize(2);
        assertThat(newest().view()).isEqualTo(View.MASTER);
        assertThat(newest().nodes()).extracting(ClusterSnapshot.Node::answered).containsExactly(true, true);
    }

    @Test
    void aMasterThatAnswersNobodyIsToldOfWithoutDelay() throws Exception {
        // Given
        watch(first, second);
        watcher.step();
        clock.move(TIMING.poll());
        // When
        cutOff(first);
        cutOff(second);
        probe.probe();
        long began = System.nanoTime();
        watcher.step();
        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1_500));
        assertThat(kafka.collections()).hasSize(2);
        assertThat(newest().view()).isEqualTo(View.STALE);
        assertThat(newest().nodes())
                .filteredOn(node -> !node.answered())
                .extracting(ClusterSnapshot.Node::id)
                .containsExactly("B");
    }

    @Test
    void theMasterOfAnotherClusterConfirmsNothing() throws Exception {
        // Given
        watch(first, second);
        watcher.step();
        clock.move(TIMING.poll());
        // When
        cutOff(first);
        second.state(state("other", 7, "B")).masterState(state("other", 7, "B"));
        probe.probe();
        watcher.step();
        // Then
        assertThat(newest().reachable()).isTrue();
        assertThat(newest().view()).isEqualTo(View.STALE);
    }
}
