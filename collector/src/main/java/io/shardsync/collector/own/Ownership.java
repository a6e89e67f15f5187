package io.shardsync.collector.own;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A member of the collectors' group. As long as a partition of the cluster snapshots' topic is assigned to it, the
 * clusters whose snapshots go there are its own, and a watch runs for each.
 *
 * <p>A watch that was fenced although the partition is still ours is started anew after a while: a rightful successor
 * would have had the partition by then.
 */
public final class Ownership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ownership.class);
    /** Whatever the group says, and whoever asks, ends a poll early. */
    private static final Duration POLL = Duration.ofSeconds(2);

    /** As long as somebody waits for an answer; a call that comes while another is answered is not lost by it. */
    private static final Duration POLL_FOR_AN_ANSWER = Duration.ofMillis(100);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(8);
    private static final long RESTART_NANOS = Duration.ofSeconds(20).toNanos();

    /** Far beyond the session timeout: by then the group has gone on without us. */
    private static final double SILENT_SECONDS = 20;

    private final Consumer<byte[], byte[]> consumer;
    private final Topic<String, ClusterSnapshot> topic;
    private final List<String> clusters;
    private final OwnedWatch.Factory factory;
    private final NewestSnapshots newest;
    private final Map<String, OwnedWatch> watches = new TreeMap<>();
    private final Map<String, Long> endedAt = new HashMap<>();
    private final Set<Integer> assigned = new HashSet<>();
    private final Thread thread;
    private ClusterPartitions partitions;
    private Metric heartbeat;
    private String problem = "";
    private volatile boolean joined;
    private volatile boolean stopping;
    private volatile double secondsSinceHeartbeat;

    /**
     * Prepares the membership.
     *
     * @param consumer of raw bytes, with the group's id; closed with this
     * @param clusters configured names
     * @param uncaught told of what must not happen
     */
    public Ownership(
            Consumer<byte[], byte[]> consumer,
            Topic<String, ClusterSnapshot> topic,
            List<String> clusters,
            OwnedWatch.Factory factory,
            Thread.UncaughtExceptionHandler uncaught) {
        this.consumer = consumer;
        this.topic = topic;
        this.clusters = List.copyOf(clusters);
        this.factory = factory;
        this.newest = new NewestSnapshots(topic);
        this.thread = new Thread(this::run, "ownership");
        thread.setUncaughtExceptionHandler(uncaught);
        thread.setDaemon(true);
    }

    /** Joins the group. */
    public Ownership start() {
        thread.start();
        return this;
    }

    /** Why this instance can't do its part now; empty if it can, be it with no cluster to watch. */
    public Optional<String> notReady() {
        if (!joined) {
            return Optional.of("the collectors' group is not joined yet");
        }
        return secondsSinceHeartbeat > SILENT_SECONDS
                ? Optional.of("no contact with Kafka's group coordinator for " + (long) secondsSinceHeartbeat + " s")
                : Optional.empty();
    }

    private void run() {
        try {
            partitions =
                    new ClusterPartitions(consumer.partitionsFor(topic.name()).size());
            consumer.subscribe(List.of(topic.name()), new Listener());
            while (!stopping) {
                round();
            }
        } catch (WakeupException | InterruptException stopped) {
            // A wakeup gets here only out of the call above: round() takes its own.
            log.debug("ownership ends");
        } finally {
            closeAll(Set.copyOf(watches.keySet()));
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
        }
    }

    private void round() {
        try {
            // First, as whoever asks waits for it, and has ended a poll to be heard.
            newest.answer(consumer);
            newest.take(consumer.poll(newest.isAwaited() ? POLL_FOR_AN_ANSWER : POLL));
            restartEnded();
            secondsSinceHeartbeat = heartbeatAge();
            tell("");
        } catch (WakeupException asked) {
            log.trace("somebody asks, or it is time to stop");
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (KafkaException failure) {
            tell(String.valueOf(failure.getMessage()));
            pause();
        }
    }

    private void tell(String now) {
        if (!now.equals(problem)) {
            problem = now;
            if (!now.isEmpty()) {
                log.atWarn().addKeyValue("why", now).log("the collectors' group can't be reached");
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private double heartbeatAge() {
        if (heartbeat == null) {
            heartbeat = consumer.metrics().entrySet().stream()
                    .filter(entry -> entry.getKey().name().equals("last-heartbeat-seconds-ago"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
        return heartbeat != null && heartbeat.metricValue() instanceof Double age ? age : 0;
    }

    private void startOwned() {
        for (String cluster : partitions.ownedBy(clusters, assigned)) {
            watches.computeIfAbsent(cluster, this::start);
        }
    }

    private OwnedWatch start(String cluster) {
        log.atInfo().addKeyValue("cluster", cluster).log("cluster taken over");
        TopicPartition partition = new TopicPartition(topic.name(), partitions.of(cluster));
        return factory.start(cluster, () -> ask(cluster, partition));
    }

    private CompletableFuture<ClusterSnapshot> ask(String cluster, TopicPartition partition) {
        CompletableFuture<ClusterSnapshot> answer = newest.ask(cluster, partition);
        consumer.wakeup();
        return answer;
    }

    private void restartEnded() {
        long now = System.nanoTime();
        watches.forEach((cluster, watch) -> {
            if (watch.hasEnded()) {
                endedAt.putIfAbsent(cluster, now);
            }
        });
        Set<String> due = endedAt.entrySet().stream()
                .filter(ended -> now - ended.getValue() > RESTART_NANOS)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (!due.isEmpty()) {
            closeAll(due);
            startOwned();
        }
    }

    /** Together, since each may take seconds and the group waits. */
    private void closeAll(Set<String> names) {
        List<Thread> closers = names.stream()
                .map(watches::remove)
                .filter(java.util.Objects::nonNull)
                .map(watch -> new Thread(watch::close, "close-watch"))
                .toList();
        endedAt.keySet().removeAll(names);
        closers.forEach(Thread::start);
        for (Thread closer : closers) {
            try {
                closer.join(STOP.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void release(Collection<TopicPartition> gone, String why) {
        Set<Integer> numbers = gone.stream().map(TopicPartition::partition).collect(Collectors.toSet());
        assigned.removeAll(numbers);
        // First, or a watch that still waits for its answer would have to be waited for.
        newest.forget(Set.copyOf(gone));
        Set<String> names = Set.copyOf(partitions.ownedBy(watches.keySet(), numbers));
        names.forEach(name -> log.atWarn().addKeyValue("cluster", name).log(why));
        closeAll(names);
    }

    /** Leaves the group, after every watch has stopped. */
    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            thread.join(STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            consumer.seekToBeginning(added);
            added.forEach(partition -> assigned.add(partition.partition()));
            startOwned();
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            release(gone, "cluster given up");
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> gone) {
            release(gone, "cluster lost to another instance");
        }
    }
}
