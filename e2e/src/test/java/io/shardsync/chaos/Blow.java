package io.shardsync.chaos;

import io.shardsync.sandbox.Server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Something that goes wrong, as a value: which alerts it may cause, which it must cause, and how it is done and undone.
 */
sealed interface Blow {
    /** What a copy, a primary or a master lost for a while may bring about. */
    Set<String> LOST_NODE = Set.of(
            "NodeLost",
            "NodeUnresponsive",
            "PrimaryUnassigned",
            "ReplicasUnassigned",
            "ReplicaLagHigh",
            "ReplicaStuck",
            "RecoveryStalled",
            "RecoveryFailed",
            "NoMaster",
            "HealingHeld",
            "HealingExhausted");

    /** When nothing can be seen at all. */
    Set<String> BLIND = Set.of("ClusterUnreachable", "DataStale", "NoMaster");

    /**
     * An alert that must fire.
     *
     * @param labels it must have, at least
     * @param within so much time of the blow, on a machine with two cores for fifteen processes
     */
    record Sign(String alertname, Map<String, String> labels, Duration within) {}

    /** Names of the alerts that it explains; node alerts only if they name the node that was hit. */
    Set<String> explains();

    /** What must be told; empty where ShardSync is to be silent, or can't speak. */
    default Optional<Sign> sign() {
        return Optional.empty();
    }

    /** The node of Elasticsearch that is hit; empty for none, or for all of them. */
    default Optional<String> node() {
        return Optional.empty();
    }

    /** What is hit: two blows at once never hit the same. */
    Set<String> targets();

    /** Makes it happen; returns what undoes it. */
    Runnable strike(Fleet fleet);

    /** SIGKILL of any process. */
    record Kill(String process) implements Blow {
        @Override
        public Set<String> explains() {
            return isNode(process) ? LOST_NODE : Set.of();
        }

        @Override
        public Optional<Sign> sign() {
            return node().map(node -> new Sign("NodeLost", Map.of("node", node), Duration.ofSeconds(60)));
        }

        @Override
        public Optional<String> node() {
            return Optional.of(process).filter(Blow::isNode);
        }

        @Override
        public Set<String> targets() {
            return Set.of(process);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            Server victim = fleet.process(process);
            victim.kill();
            return victim::start;
        }
    }

    /** SIGSTOP, undone by SIGCONT: connected, and silent. */
    record Freeze(String process) implements Blow {
        @Override
        public Set<String> explains() {
            return isNode(process) ? LOST_NODE : Set.of();
        }

        @Override
        public Optional<Sign> sign() {
            return node().map(node -> new Sign("NodeUnresponsive", Map.of("node", node), Duration.ofSeconds(60)));
        }

        @Override
        public Optional<String> node() {
            return Optional.of(process).filter(Blow::isNode);
        }

        @Override
        public Set<String> targets() {
            return Set.of(process);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            Server victim = fleet.process(process);
            victim.freeze();
            return victim::thaw;
        }
    }

    /** SIGTERM, an orderly end; undone by a start. */
    record Stop(String process) implements Blow {
        @Override
        public Set<String> explains() {
            return isNode(process) ? LOST_NODE : Set.of();
        }

        @Override
        public Optional<Sign> sign() {
            return node().map(node -> new Sign("NodeLost", Map.of("node", node), Duration.ofSeconds(60)));
        }

        @Override
        public Optional<String> node() {
            return Optional.of(process).filter(Blow::isNode);
        }

        @Override
        public Set<String> targets() {
            return Set.of(process);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            Server victim = fleet.process(process);
            victim.stop();
            return victim::start;
        }
    }

    /** Two of three brokers lose power: nobody can write, and nothing can be told until they are back. */
    record LoseBrokerMajority(String first, String second) implements Blow {
        @Override
        public Set<String> explains() {
            return BLIND;
        }

        @Override
        public Set<String> targets() {
            return Set.of("broker-1", "broker-2", "broker-3");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            List<Server> victims = List.of(fleet.process(first), fleet.process(second));
            victims.forEach(Server::kill);
            return () -> victims.parallelStream().forEach(Server::start);
        }
    }

    /** Every Elasticsearch node loses power. */
    record LoseElasticsearch() implements Blow {
        @Override
        public Set<String> explains() {
            return Fleet.union(BLIND, LOST_NODE);
        }

        @Override
        public Optional<Sign> sign() {
            return Optional.of(new Sign("ClusterUnreachable", Map.of(), Duration.ofSeconds(60)));
        }

        @Override
        public Set<String> targets() {
            return Set.of("n1", "n2", "n3");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            List<Server> victims =
                    targets().stream().sorted().map(fleet::process).toList();
            victims.forEach(Server::kill);
            // A node alone is no member of anything, and a start waits for that.
            return () -> victims.parallelStream().forEach(Server::start);
        }
    }

    /** Nobody reaches Elasticsearch any more: the network of both collectors is cut. */
    record CutCollectors() implements Blow {
        @Override
        public Set<String> explains() {
            return BLIND;
        }

        @Override
        public Optional<Sign> sign() {
            return Optional.of(new Sign("ClusterUnreachable", Map.of(), Duration.ofSeconds(60)));
        }

        @Override
        public Set<String> targets() {
            // Nothing that happens in Elasticsearch meanwhile could be told.
            return Set.of("collector-1", "collector-2", "n1", "n2", "n3");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            List<Relay> network = Stream.of("collector-1", "collector-2")
                    .flatMap(service -> fleet.network(service).stream())
                    .toList();
            network.forEach(Relay::cut);
            return () -> network.forEach(Relay::repair);
        }
    }

    /** An actuator reaches Elasticsearch no more. */
    record CutActuator(String service) implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of();
        }

        @Override
        public Set<String> targets() {
            return Set.of(service);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            fleet.network(service).forEach(Relay::cut);
            return () -> fleet.network(service).forEach(Relay::repair);
        }
    }

    /** What Elasticsearch answers a service comes later; that is no fault yet. */
    record Slow(String service, Duration by) implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of();
        }

        @Override
        public Set<String> targets() {
            return Set.of(service);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            fleet.network(service).forEach(relay -> relay.slow(by));
            return () -> fleet.network(service).forEach(Relay::repair);
        }
    }

    /** Indices come and go by the dozen, which is nobody's fault either. */
    record IndexStorm(int indices) implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of();
        }

        @Override
        public Set<String> targets() {
            return Set.of("n1", "n2", "n3");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            List<String> names =
                    IntStream.range(0, indices).mapToObj(i -> "storm-" + i).toList();
            names.forEach(name -> fleet.sandbox().http().createIndex(name, 2, 1));
            // By their names: Elasticsearch refuses to delete by wildcards.
            return () -> fleet.sandbox().http().delete("/" + String.join(",", names));
        }
    }

    /** Somebody forgot that allocation is switched off; that copies are missing is seen once one is. */
    record SwitchOff() implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of("AllocationSwitchedOff", "ReplicasUnassigned", "HealingHeld", "HealingExhausted");
        }

        @Override
        public Optional<Sign> sign() {
            return Optional.of(new Sign("AllocationSwitchedOff", Map.of(), Duration.ofSeconds(60)));
        }

        @Override
        public Set<String> targets() {
            return Set.of("n1", "n2", "n3");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            fleet.allocation("\"primaries\"");
            // The actuator may have put it back before us; for Elasticsearch that is the same.
            return () -> fleet.allocation("null");
        }
    }

    /** The disk below a processor's state is full. Undone by making room, and by starting it if it gave up. */
    record FillDisk(String service) implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of();
        }

        @Override
        public Set<String> targets() {
            return Set.of(service);
        }

        @Override
        public Runnable strike(Fleet fleet) {
            fleet.fillDisk(service);
            return () -> {
                fleet.freeDisk(service);
                fleet.process(service).start();
            };
        }
    }

    /** Records that nobody can read, on topics that everybody reads. */
    record Garbage(int records) implements Blow {
        @Override
        public Set<String> explains() {
            return Set.of();
        }

        @Override
        public Set<String> targets() {
            return Set.of("topics");
        }

        @Override
        public Runnable strike(Fleet fleet) {
            fleet.garbage(records);
            return () -> {};
        }
    }

    private static boolean isNode(String process) {
        return process.matches("n\\d");
    }
}
