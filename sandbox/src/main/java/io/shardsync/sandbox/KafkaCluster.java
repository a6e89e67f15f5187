package io.shardsync.sandbox;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The sandbox's Kafka: brokers 1 to N, each broker and controller at once. */
public final class KafkaCluster {
    private static final int MOST_COPIES = 3;
    private static final int ANSWER_S = 30;

    private final List<Broker> brokers;

    private KafkaCluster(List<Broker> brokers) {
        this.brokers = List.copyOf(brokers);
    }

    /** Prepares every broker's files; none runs yet. */
    static KafkaCluster prepare(SandboxSpec spec, Path folder, Processes processes) {
        int count = spec.brokers();
        List<Integer> ports = Ports.free(2 * count);
        String voters = IntStream.rangeClosed(1, count)
                .mapToObj(id -> id + "@127.0.0.1:" + ports.get(count + id - 1))
                .collect(Collectors.joining(","));
        String clusterId = Uuid.randomUuid().toString();
        List<Broker> brokers = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            int port = ports.get(id - 1);
            Broker broker = new Broker(id, folder.resolve("broker-" + id), processes, port, spec.brokerHeapMb());
            broker.prepare(properties(id, count, port, ports.get(count + id - 1), voters), clusterId);
            brokers.add(broker);
        }
        return new KafkaCluster(brokers);
    }

    /** Addresses of all brokers, for {@code bootstrap.servers}. */
    public String bootstrap() {
        return brokers.stream().map(Broker::address).collect(Collectors.joining(","));
    }

    /** All brokers, by id. */
    public List<Broker> brokers() {
        return brokers;
    }

    /**
     * The broker with this id.
     *
     * @throws SandboxException when there is none
     */
    public Broker broker(int id) {
        return brokers.stream()
                .filter(broker -> broker.id() == id)
                .findFirst()
                .orElseThrow(() -> new SandboxException(
                        "sandbox: there is no broker " + id + ", there are 1 to " + brokers.size()));
    }

    /** Removes every topic that is not Kafka's own. */
    public void deleteTopics() {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            Set<String> topics = topics(admin);
            if (topics.isEmpty()) {
                return;
            }
            admin.deleteTopics(topics).all().get(ANSWER_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new SandboxException("sandbox: " + bootstrap() + " did not delete its topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while deleting topics", e);
        }
    }

    /** Starts those that do not run, all at once, and thaws the frozen. */
    void startMissing() {
        brokers.forEach(Broker::thaw);
        brokers.forEach(Broker::launch);
        brokers.forEach(Broker::awaitReady);
    }

    void killAll() {
        brokers.forEach(Broker::kill);
    }

    private static Set<String> topics(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return admin.listTopics().names().get(ANSWER_S, TimeUnit.SECONDS);
    }

    private static Properties properties(int id, int count, int port, int controllerPort, String voters) {
        String copies = String.valueOf(Math.min(MOST_COPIES, count));
        String leastCopies = String.valueOf(Math.max(1, Math.min(MOST_COPIES, count) - 1));
        Properties all = new Properties();
        all.setProperty("process.roles", "broker,controller");
        all.setProperty("node.id", String.valueOf(id));
        all.setProperty("controller.quorum.voters", voters);
        all.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        all.setProperty("controller.listener.names", "CONTROLLER");
        all.setProperty("inter.broker.listener.name", "PLAINTEXT");
        for (String topics : List.of("default", "offsets.topic", "transaction.state.log")) {
            all.setProperty(topics + ".replication.factor", copies);
        }
        all.setProperty("share.coordinator.state.topic.replication.factor", copies);
        all.setProperty("min.insync.replicas", leastCopies);
        all.setProperty("transaction.state.log.min.isr", leastCopies);
        all.setProperty("share.coordinator.state.topic.min.isr", leastCopies);
        all.setProperty("auto.create.topics.enable", "false");
        // Fast starts: few partitions of Kafka's own, no waiting for more members.
        all.setProperty("offsets.topic.num.partitions", "4");
        all.setProperty("transaction.state.log.num.partitions", "4");
        all.setProperty("group.initial.rebalance.delay.ms", "0");
        // 128 MB by default, half of the heap.
        all.setProperty("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
        // A killed broker is missed after seconds, not after nine.
        all.setProperty("broker.session.timeout.ms", "3000");
        all.setProperty("broker.heartbeat.interval.ms", "500");
        return all;
    }
}
