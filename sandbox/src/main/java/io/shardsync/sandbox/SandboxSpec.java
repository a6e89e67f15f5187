package io.shardsync.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a sandbox consists of.
 *
 * @param nodes Elasticsearch nodes, named n1, n2, …; 0 to 9, 0 leaves Elasticsearch out
 * @param brokers Kafka brokers, with the ids 1, 2, …; 0 to 9, 0 leaves Kafka out
 * @param nodeHeapMb heap of one Elasticsearch node in MiB; less than 256 does not carry 8.x. The process takes about
 *     200 MiB more
 * @param brokerHeapMb heap of one broker in MiB
 * @param nodeJvmOptions of every node, beside its heap; none for those that Elasticsearch gives itself
 * @param nodeSettings lines added to every node's {@code elasticsearch.yml}; they win over the sandbox's own
 * @param users of Elasticsearch; if there is one, security and TLS are switched on, else off
 */
public record SandboxSpec(
        int nodes,
        int brokers,
        int nodeHeapMb,
        int brokerHeapMb,
        List<String> nodeJvmOptions,
        Map<String, String> nodeSettings,
        List<SecurityUser> users) {

    private static final int MOST = 9;
    private static final int LEAST_HEAP_MB = 64;

    /**
     * The cheapest collector and compiler: a node that lives for minutes and shares two cores with others gains more
     * from starting fast than from running fast.
     */
    private static final List<String> QUICK = List.of("-XX:-UseG1GC", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** @throws IllegalArgumentException naming the field, the value and what is allowed */
    public SandboxSpec {
        within("nodes", nodes, 0, MOST);
        within("brokers", brokers, 0, MOST);
        within("nodeHeapMb", nodeHeapMb, LEAST_HEAP_MB, Integer.MAX_VALUE);
        within("brokerHeapMb", brokerHeapMb, LEAST_HEAP_MB, Integer.MAX_VALUE);
        nodeJvmOptions = List.copyOf(nodeJvmOptions);
        nodeSettings = Map.copyOf(nodeSettings);
        users = List.copyOf(users);
    }

    /** Three nodes and one broker with 256 MiB of heap each: about 2 GB of memory in all. */
    public static SandboxSpec defaults() {
        return new SandboxSpec(3, 1, 256, 256, QUICK, Map.of(), List.of());
    }

    /** The same with another number of Elasticsearch nodes. */
    public SandboxSpec withNodes(int count) {
        return new SandboxSpec(count, brokers, nodeHeapMb, brokerHeapMb, nodeJvmOptions, nodeSettings, users);
    }

    /** The same with another number of Kafka brokers. */
    public SandboxSpec withBrokers(int count) {
        return new SandboxSpec(nodes, count, nodeHeapMb, brokerHeapMb, nodeJvmOptions, nodeSettings, users);
    }

    /** The same with another heap for each node, in MiB. */
    public SandboxSpec withNodeHeapMb(int megabytes) {
        return new SandboxSpec(nodes, brokers, megabytes, brokerHeapMb, nodeJvmOptions, nodeSettings, users);
    }

    /** The same with another heap for each broker, in MiB. */
    public SandboxSpec withBrokerHeapMb(int megabytes) {
        return new SandboxSpec(nodes, brokers, nodeHeapMb, megabytes, nodeJvmOptions, nodeSettings, users);
    }

    /** The same with nodes that run as Elasticsearch does by default: with both compilers and G1. */
    public SandboxSpec withNodesAsInProduction() {
        return new SandboxSpec(nodes, brokers, nodeHeapMb, brokerHeapMb, List.of(), nodeSettings, users);
    }

    /** The same with one more line in every node's {@code elasticsearch.yml}. */
    public SandboxSpec withNodeSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(nodeSettings);
        more.put(name, value);
        return new SandboxSpec(nodes, brokers, nodeHeapMb, brokerHeapMb, nodeJvmOptions, more, users);
    }

    /** The same with security and TLS on, and one more user. */
    public SandboxSpec withUser(SecurityUser user) {
        List<SecurityUser> more = new ArrayList<>(users);
        more.add(user);
        return new SandboxSpec(nodes, brokers, nodeHeapMb, brokerHeapMb, nodeJvmOptions, nodeSettings, more);
    }

    private static void within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "sandbox: " + field + " is " + value + ", allowed is " + least + " to " + most);
        }
    }
}
