package io.shardsync.chaos;

import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Installation;
import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.sandbox.Server;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Three Elasticsearch nodes, three brokers and two of each service, every one a process that can be hit. */
final class Fleet implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Fleet.class);

    static final String CLUSTER = "chaos";
    static final int HEAP_MB = 96;
    static final int PROCESSOR_HEAP_MB = 192;

    private static final Map<String, String> MAINS = Map.of(
            "collector", "io.shardsync.collector.CollectorMain",
            "processor", "io.shardsync.processor.ProcessorMain",
            "actuator", "io.shardsync.actuator.ActuatorMain");

    /** Room for a few dozen stores that reserve some megabytes each, and quickly filled. */
    private static final int DISK_MB = 256;

    private static final Duration SUPERVISION = Duration.ofMillis(500);

    private final Sandbox sandbox;
    private final Map<String, JavaService> services = new TreeMap<>();
    private final Map<String, List<Relay>> networks = new TreeMap<>();
    private final Map<String, Path> disks = new TreeMap<>();
    private final ConcurrentLinkedQueue<History.Request> requests = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<History.Place> garbage = new ConcurrentLinkedQueue<>();
    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/chaos");
    private final KafkaProducer<byte[], byte[]> producer;
    private int thrown;
    private final AtomicInteger restarts = new AtomicInteger();
    private final Thread supervisor = new Thread(this::supervise, "supervisor");
    private volatile Set<String> spared = Set.of();
    private volatile boolean closed;

    private Fleet(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        sandbox.kafka().bootstrap(),
                        ProducerConfig.ACKS_CONFIG,
                        "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Starts all of it. */
    static Fleet start() {
        Sandbox sandbox = Sandbox.start(SandboxSpec.defaults().withBrokers(3));
        Fleet fleet = new Fleet(sandbox);
        try {
            Installation installation = Installation.find();
            for (String kind : List.of("collector", "processor", "actuator")) {
                for (int number = 1; number <= 2; number++) {
                    fleet.prepare(installation, kind, number);
                }
            }
            // The first one creates the topics; then none of them has to wait for another's.
            fleet.services.get("collector-1").start();
            fleet.awaitServices();
            fleet.supervisor.setDaemon(true);
            fleet.supervisor.start();
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private void prepare(Installation installation, String kind, int number) {
        String name = kind + "-" + number;
        Path home = sandbox.folder().resolve(name);
        int port = Sandbox.freePorts(1).get(0);
        JavaService service = sandbox.service(new JavaServiceSpec(
                name,
                installation.classPath(kind),
                MAINS.get(kind),
                List.of("--config", home.resolve("service.properties").toString()),
                kind.equals("processor") ? PROCESSOR_HEAP_MB : HEAP_MB,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
        services.put(name, service);
        networks.put(
                name,
                kind.equals("processor")
                        ? List.of()
                        : sandbox.elasticsearch().nodes().stream()
                                .map(ElasticsearchNode::url)
                                .map(url -> new Relay(url, request -> requests.add(new History.Request(name, request))))
                                .toList());
        Path state = home.resolve("state");
        if (kind.equals("processor")) {
            mount(name, state);
        }
        Map<String, String> settings = new TreeMap<>(DemoSettings.quick(CLUSTER));
        settings.put("topics.replication.factor", "3");
        settings.put("alerts.flap.changes", "1000");
        settings.put("kafka.bootstrap.servers", sandbox.kafka().bootstrap());
        settings.put("clusters", CLUSTER);
        settings.put(
                "cluster." + CLUSTER + ".hosts",
                kind.equals("processor")
                        ? String.join(",", sandbox.elasticsearch().urls())
                        : networks.get(name).stream().map(Relay::url).collect(Collectors.joining(",")));
        settings.put("http.port", String.valueOf(port));
        settings.put("state.dir", state.toString());
        write(
                home.resolve("service.properties"),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    /** A disk of its own needs root; without, a full disk is not among the blows that hurt. */
    private void mount(String name, Path folder) {
        try {
            Files.createDirectories(folder);
            Process mount = new ProcessBuilder(
                            "mount", "-t", "tmpfs", "-o", "size=" + DISK_MB + "m", "tmpfs", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (mount.waitFor() == 0) {
                disks.put(name, folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while mounting " + folder, e);
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Topics topics() {
        return topics;
    }

    Set<String> serviceNames() {
        return services.keySet();
    }

    /** Waits until every service is ready. */
    void awaitServices() {
        services.values().parallelStream().forEach(JavaService::start);
    }

    /** Services that are hit on purpose, and so are not started again at once. */
    void spare(Set<String> names) {
        spared = Set.copyOf(names);
    }

    /** Starts what has ended by itself, again and again, as whoever runs a service does. */
    private void supervise() {
        try {
            while (!closed) {
                Thread.sleep(SUPERVISION.toMillis());
                services.forEach((name, service) -> {
                    if (!closed && !spared.contains(name) && !service.isAlive()) {
                        restart(name, service);
                    }
                });
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void restart(String name, JavaService service) {
        log.info("chaos: {} has ended, and is started again", name);
        restarts.incrementAndGet();
        try {
            service.start();
        } catch (SandboxException failed) {
            log.warn("chaos: {} has ended again while it started", name, failed);
        }
    }

    /** How often a service was found to have ended by itself. */
    int restarts() {
        return restarts.get();
    }

    /** Copies what the services and the brokers have said, before their folder is removed. */
    void saveLogs(Path folder) {
        try {
            Files.createDirectories(folder);
            for (JavaService service : services.values()) {
                Files.copy(service.log(), folder.resolve(service.name() + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
            for (Server broker : sandbox.kafka().brokers()) {
                Files.copy(broker.log(), folder.resolve(broker.name() + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save logs to " + folder, e);
        }
    }

    /** Whether {@link #fillDisk} can do anything here. */
    boolean hasDisks() {
        return !disks.isEmpty();
    }

    /** By its name: {@code n1}, {@code broker-1}, {@code collector-1}, … */
    Server process(String name) {
        if (services.containsKey(name)) {
            return services.get(name);
        }
        return name.startsWith("broker-")
                ? sandbox.kafka().broker(Integer.parseInt(name.substring("broker-".length())))
                : sandbox.elasticsearch(name);
    }

    /** Between a service and each Elasticsearch node. */
    List<Relay> network(String service) {
        return networks.get(service);
    }

    /** Sets {@code cluster.routing.allocation.enable} to a JSON value. */
    void allocation(String json) {
        sandbox.http()
                .put("/_cluster/settings", "{\"persistent\":{\"cluster.routing.allocation.enable\":" + json + "}}");
    }

    void fillDisk(String service) {
        Path folder = disks.get(service);
        if (folder == null) {
            return;
        }
        try (OutputStream file = Files.newOutputStream(folder.resolve("filler"))) {
            byte[] chunk = new byte[64 * 1024];
            while (true) {
                file.write(chunk);
            }
        } catch (IOException full) {
            // That is what was wanted.
        }
    }

    void freeDisk(String service) {
        Path folder = disks.get(service);
        try {
            if (folder != null) {
                Files.deleteIfExists(folder.resolve("filler"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + folder, e);
        }
    }

    /** Throws unreadable records at both topics that are read by those who keep dead letters. */
    void garbage(int records) {
        for (int i = 0; i < records; i++) {
            String topic = i % 2 == 0
                    ? topics.shardSnapshots().name()
                    : topics.recoveryCommands().name();
            garbage.add(
                    send(topic, i % 2 == 0 ? "chaos/garbage/" + i : CLUSTER, ("{broken " + thrown++).getBytes(UTF_8)));
        }
    }

    /** Returns when it is on the topic, and says where. */
    History.Place send(String topic, String key, byte[] value) {
        try {
            RecordMetadata at = producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
                    .get();
            return new History.Place(at.topic(), at.partition(), at.offset());
        } catch (ExecutionException e) {
            throw new SandboxException("nothing can be written to " + topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted while writing to " + topic, e);
        }
    }

    /** What was sent to Elasticsearch that is no GET. */
    List<History.Request> requests() {
        return List.copyOf(requests);
    }

    /** Where unreadable records lie. */
    List<History.Place> thrown() {
        return List.copyOf(garbage);
    }

    /** What each living service uses now. */
    List<History.Use> use() {
        List<History.Use> all = new ArrayList<>();
        services.forEach((name, service) -> {
            if (service.isAlive()) {
                use(name, service.pid(), all);
            }
        });
        return all;
    }

    private static void use(String name, long pid, List<History.Use> into) {
        try (Stream<Path> handles = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            long resident = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
            into.add(new History.Use(name, handles.count(), resident / 1024));
        } catch (IOException | UncheckedIOException gone) {
            // It died between the question and the answer.
        }
    }

    static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
        producer.close();
        services.values().forEach(Server::kill);
        networks.values().forEach(relays -> relays.forEach(Relay::close));
        disks.values().forEach(Fleet::unmount);
        sandbox.close();
    }

    private static void unmount(Path folder) {
        try {
            new ProcessBuilder("umount", "-l", folder.toString()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unmount " + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
