package io.shardsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The sandbox's Elasticsearch: nodes n1 to nN, each of them able to be master and to hold data. */
public final class ElasticsearchCluster {
    private static final Duration JOINING = Duration.ofMinutes(2);

    private final List<ElasticsearchNode> nodes;
    private final ElasticsearchHttp http;
    private final Optional<Path> caFile;

    private ElasticsearchCluster(List<ElasticsearchNode> nodes, Optional<Path> caFile) {
        this.caFile = caFile;
        this.nodes = List.copyOf(nodes);
        this.http = ElasticsearchHttp.of(this.nodes);
    }

    /** Prepares every node's home; none runs yet. */
    static ElasticsearchCluster prepare(
            SandboxSpec spec,
            Path folder,
            Distribution distribution,
            Account account,
            Optional<Security> security,
            Processes processes) {
        int count = spec.nodes();
        List<Integer> ports = Ports.free(2 * count);
        List<Integer> transport = ports.subList(count, 2 * count);
        List<ElasticsearchNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "n" + (i + 1);
            ElasticsearchNode node = new ElasticsearchNode(
                    name,
                    folder.resolve(name),
                    processes,
                    account,
                    ports.get(i),
                    spec.nodeHeapMb(),
                    spec.nodeJvmOptions(),
                    security);
            node.prepare(distribution, settings(name, ports.get(i), transport.get(i), transport, spec, security));
            nodes.add(node);
        }
        return new ElasticsearchCluster(nodes, security.map(Security::certificateFile));
    }

    /** All nodes, by name. */
    public List<ElasticsearchNode> nodes() {
        return nodes;
    }

    /**
     * The node of this name.
     *
     * @throws SandboxException when there is none
     */
    public ElasticsearchNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SandboxException("sandbox: there is no node '" + name + "', there are "
                        + nodes.stream().map(Server::name).toList()));
    }

    /** Where the nodes answer, in the order of their names, dead ones included. */
    public List<String> urls() {
        return nodes.stream().map(ElasticsearchNode::url).toList();
    }

    /** PEM file with the certificate to trust; empty where security is off. */
    public Optional<Path> caFile() {
        return caFile;
    }

    /** Requests to any node that lives. */
    public ElasticsearchHttp http() {
        return http;
    }

    /** Starts those that do not run, all at once, thaws the frozen, and waits until all are members. */
    void startMissing() {
        nodes.forEach(ElasticsearchNode::thaw);
        nodes.forEach(ElasticsearchNode::launch);
        nodes.forEach(ElasticsearchNode::awaitReady);
        http.awaitNodes(nodes.size(), JOINING);
    }

    void killAll() {
        nodes.forEach(ElasticsearchNode::kill);
    }

    /** Every node a member, no index, no setting. */
    void reset() {
        nodes.forEach(node -> node.setShardsWritable(true));
        startMissing();
        http.put("/_cluster/settings", "{\"persistent\":{\"*\":null},\"transient\":{\"*\":null}}");
        JsonNode indices = http.get("/_cat/indices?format=json&h=index&expand_wildcards=all");
        if (!indices.isEmpty()) {
            // By name: a wildcard is refused, and is to stay so.
            http.delete("/"
                    + StreamSupport.stream(indices.spliterator(), false)
                            .map(index -> index.path("index").asText())
                            .collect(Collectors.joining(",")));
        }
        http.awaitHealth("green", JOINING);
    }

    private static Map<String, String> settings(
            String name,
            int port,
            int transportPort,
            List<Integer> transport,
            SandboxSpec spec,
            Optional<Security> security) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("cluster.name", "sandbox");
        all.put("node.name", name);
        all.put("network.host", "127.0.0.1");
        all.put("http.port", String.valueOf(port));
        all.put("transport.port", String.valueOf(transportPort));
        all.put(
                "discovery.seed_hosts",
                transport.stream()
                        .map(seed -> "\"127.0.0.1:" + seed + "\"")
                        .toList()
                        .toString());
        all.put(
                "cluster.initial_master_nodes",
                IntStream.rangeClosed(1, spec.nodes())
                        .mapToObj(i -> "n" + i)
                        .toList()
                        .toString());
        all.put("xpack.security.enabled", "false");
        security.ifPresent(on -> all.putAll(on.settings()));
        // The disk of whoever tries this is full more often than not, and it is not what is tried.
        all.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        // The serial collector leaves its garbage until the heap is full, and the breaker would take it for use and
        // refuse.
        all.put("indices.breaker.total.use_real_memory", "false");
        all.putAll(spec.nodeSettings());
        return all;
    }
}
