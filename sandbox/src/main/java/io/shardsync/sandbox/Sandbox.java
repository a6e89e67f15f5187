package io.shardsync.sandbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A real Kafka and a real Elasticsearch, each server its own process on free ports of 127.0.0.1, everything in one
 * temporary folder. Leaves no process and no folder behind, however this JVM ends.
 */
public final class Sandbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);

    private final Folder folder = Folder.create();
    private final Consumer<String> progress;
    private final Watchdog watchdog;
    private final Processes processes;
    private final Thread hook = new Thread(this::close, "sandbox-close");

    private SandboxSpec spec;
    private Distribution distribution;
    private volatile KafkaCluster kafka;
    private volatile ElasticsearchCluster elasticsearch;
    private boolean closed;

    private Sandbox(SandboxSpec spec, Consumer<String> progress) {
        this.spec = spec.withNodes(0).withBrokers(0);
        this.progress = progress;
        this.watchdog = new Watchdog(folder.path());
        this.processes = new Processes(watchdog);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts everything the spec asks for and waits until it serves. When that fails, nothing is left behind.
     *
     * @throws SandboxException saying which server failed, with the end of its log
     */
    public static Sandbox start(SandboxSpec spec) {
        return start(spec, LOG::info);
    }

    /** The same, telling what it does line by line. */
    public static Sandbox start(SandboxSpec spec, Consumer<String> progress) {
        Sandbox sandbox = new Sandbox(spec, progress);
        try {
            sandbox.resize(spec.nodes(), spec.brokers());
            return sandbox;
        } catch (RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /**
     * Its Kafka.
     *
     * @throws SandboxException when it was asked for none
     */
    public KafkaCluster kafka() {
        if (kafka == null) {
            throw new SandboxException("sandbox: it has no Kafka: ask for brokers >= 1");
        }
        return kafka;
    }

    /**
     * Its Elasticsearch.
     *
     * @throws SandboxException when it was asked for none
     */
    public ElasticsearchCluster elasticsearch() {
        if (elasticsearch == null) {
            throw new SandboxException("sandbox: it has no Elasticsearch: ask for nodes >= 1");
        }
        return elasticsearch;
    }

    /** The node of this name, {@code n1} to {@code nN}. */
    public ElasticsearchNode elasticsearch(String name) {
        return elasticsearch().node(name);
    }

    /** Requests to any Elasticsearch node that lives. */
    public ElasticsearchHttp http() {
        return elasticsearch().http();
    }

    /** A program that runs beside Kafka and Elasticsearch, not started yet; it ends when the sandbox is closed. */
    public JavaService service(JavaServiceSpec program) {
        return new JavaService(program, folder.make(program.name()), processes);
    }

    /** As many free ports of 127.0.0.1 as asked for, each another one. */
    public static List<Integer> freePorts(int count) {
        return Ports.free(count);
    }

    /** What it consists of now. */
    public synchronized SandboxSpec spec() {
        return spec;
    }

    /** The temporary folder with everything in it. */
    public Path folder() {
        return folder.path();
    }

    /**
     * As new: every server runs and is a member, and there is no index, no cluster setting and no topic. Takes a
     * fraction of a second where nothing was broken.
     */
    public synchronized void reset() {
        if (kafka != null) {
            kafka.startMissing();
            kafka.deleteTopics();
        }
        if (elasticsearch != null) {
            elasticsearch.reset();
        }
    }

    /**
     * Makes it have exactly so many nodes and brokers. A part that has another size is replaced by an empty one; 0
     * leaves a part as it is, or out.
     */
    public synchronized void resize(int nodes, int brokers) {
        boolean newKafka = brokers > 0 && brokers != spec.brokers();
        boolean newElasticsearch = nodes > 0 && nodes != spec.nodes();
        if (newKafka) {
            replaceKafka(spec.withBrokers(brokers));
        }
        if (newElasticsearch) {
            replaceElasticsearch(spec.withNodes(nodes));
        }
        if (newKafka) {
            kafka.startMissing();
            progress.accept("Kafka answers at " + kafka.bootstrap());
        }
        if (newElasticsearch) {
            elasticsearch.startMissing();
            progress.accept("Elasticsearch answers at " + String.join(", ", elasticsearch.urls()));
        }
    }

    /** Kills every process and removes the folder. May be called again. */
    @Override
    public void close() {
        // Not synchronized as a whole: whoever is starting something holds the lock, and is ended by this.
        processes.close();
        remove();
    }

    private synchronized void remove() {
        if (closed) {
            return;
        }
        closed = true;
        folder.delete();
        watchdog.dismiss();
        if (Thread.currentThread() != hook) {
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            LOG.debug("closed while the JVM ends");
        }
    }

    private void replaceKafka(SandboxSpec wanted) {
        if (kafka != null) {
            kafka.killAll();
            kafka.brokers().forEach(broker -> Folder.delete(broker.home()));
            kafka = null;
        }
        progress.accept("starting Kafka, " + wanted.brokers() + " broker(s), in " + folder.path());
        kafka = KafkaCluster.prepare(wanted, folder.path(), processes);
        spec = wanted;
        kafka.brokers().forEach(Broker::launch);
    }

    private void replaceElasticsearch(SandboxSpec wanted) {
        if (elasticsearch != null) {
            elasticsearch.killAll();
            elasticsearch.nodes().forEach(node -> Folder.delete(node.home()));
            elasticsearch = null;
        }
        Account account = Account.forFilesIn(folder.path(), Path.of(System.getProperty("java.home")));
        if (distribution == null) {
            Path dist = folder.make("dist");
            progress.accept("unpacking Elasticsearch into " + dist);
            distribution = Distribution.unpackInto(dist);
        }
        Optional<Security> security = wanted.users().isEmpty()
                ? Optional.empty()
                : Optional.of(Security.create(wanted.users(), folder.make("tls")));
        progress.accept("starting Elasticsearch, " + wanted.nodes() + " node(s)");
        elasticsearch = ElasticsearchCluster.prepare(wanted, folder.path(), distribution, account, security, processes);
        spec = wanted;
        elasticsearch.nodes().forEach(ElasticsearchNode::launch);
    }
}
