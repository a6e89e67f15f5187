package io.shardsync.actuator.diagnose;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the one cause in an answer of {@code POST _cluster/allocation/explain}, over the deciders of all nodes. Pure.
 *
 * <p>What stands in the way first is the cause: a switch that is off before retries used up, since a retry would be in
 * vain; both before what a single node says. Of the single nodes, the one nearest to being allowed decides.
 */
public final class CauseClassifier {
    private static final int MOST_TEXT = 600;

    private static final Map<String, Cause> BY_DECIDER = byDecider();

    private CauseClassifier() {}

    private static Map<String, Cause> byDecider() {
        // In the order of preference where several nodes are equally near to being allowed.
        Map<String, Cause> causes = new LinkedHashMap<>();
        causes.put("disk_threshold", Cause.DISK_WATERMARK);
        causes.put("shards_limit", Cause.SHARDS_LIMIT);
        causes.put("awareness", Cause.AWARENESS);
        causes.put("filter", Cause.FILTER);
        causes.put("data_tier", Cause.FILTER);
        causes.put("node_shutdown", Cause.TOO_FEW_NODES);
        return causes;
    }

    /**
     * Classifies one answer.
     *
     * @param explain the answer
     * @param delayed whether the routing table says that Elasticsearch waits for the copy's node: explain alone says a
     *     plain no where the nodes that are left are barred anyway
     * @param nodeNames names by node id, for failure texts that give ids; ids that are not in it stay ids
     * @return empty for a copy that is assigned and started
     */
    public static Optional<Reason> classify(JsonNode explain, boolean delayed, Map<String, String> nodeNames) {
        return new Explained(explain, nodeNames).reason(delayed).map(CauseClassifier::shortened);
    }

    /** Whether a failure text of Elasticsearch speaks of damaged data. */
    static boolean isCorrupt(String details) {
        return details != null && (details.contains("CorruptIndexException") || details.contains("checksum failed"));
    }

    private static Reason shortened(Reason reason) {
        return reason.text().length() <= MOST_TEXT
                ? reason
                : new Reason(reason.cause(), reason.decider(), reason.text().substring(0, MOST_TEXT) + "…");
    }

    private record Refusal(String node, String decider, String decision, String text) {}

    /** One answer, read node by node. */
    private static final class Explained {
        private final JsonNode explain;
        private final Map<String, String> nodeNames;
        private final Map<String, List<Refusal>> byNode = new LinkedHashMap<>();

        Explained(JsonNode explain, Map<String, String> nodeNames) {
            this.explain = explain;
            this.nodeNames = nodeNames;
            for (JsonNode node : explain.path("node_allocation_decisions")) {
                String name = node.path("node_name").asText(node.path("node_id").asText("?"));
                List<Refusal> refusals = new ArrayList<>();
                for (JsonNode decider : node.path("deciders")) {
                    String decision = decider.path("decision").asText();
                    if (decision.equals("NO") || decision.equals("THROTTLE")) {
                        refusals.add(new Refusal(
                                name,
                                decider.path("decider").asText(),
                                decision,
                                decider.path("explanation").asText()));
                    }
                }
                byNode.put(name, refusals);
            }
        }

        Optional<Reason> reason(boolean delayed) {
            String state = explain.path("current_state").asText();
            if (state.equals("started") || state.equals("relocating")) {
                return Optional.empty();
            }
            if (state.equals("initializing")) {
                if (corrupt()) {
                    return rebuilt("is rebuilding it from the primary on node "
                            + explain.path("current_node").path("name").asText("?"));
                }
                return because(
                        Cause.INITIALIZING,
                        null,
                        "it is recovering on node "
                                + explain.path("current_node").path("name").asText("?") + "; wait until that is done");
            }
            return switch (explain.path("can_allocate").asText()) {
                case "no_valid_shard_copy" -> withoutGoodCopy();
                case "allocation_delayed" -> delayed();
                case "throttled" ->
                    corrupt() ? rebuilt("rebuilds it from the primary once it is its turn") : throttled();
                case "awaiting_info" ->
                    because(Cause.INITIALIZING, null, "Elasticsearch is asking the nodes which of them has its data");
                case "yes" -> aboutToBeAssigned();
                default -> refused(delayed);
            };
        }

        private Optional<Reason> withoutGoodCopy() {
            List<String> stale = new ArrayList<>();
            List<String> broken = new ArrayList<>();
            for (JsonNode node : explain.path("node_allocation_decisions")) {
                JsonNode store = node.path("store");
                String name = node.path("node_name").asText("?");
                if (store.has("store_exception")) {
                    broken.add(name);
                } else if (store.has("in_sync") || store.has("allocation_id")) {
                    stale.add(name);
                }
            }
            String lost = failure().isEmpty() ? "" : " (" + failure() + ")";
            if (!stale.isEmpty()) {
                return because(
                        Cause.STALE_COPY_ONLY,
                        null,
                        "only outdated copies are left, on " + String.join(", ", stale)
                                + "; bring back the node with the good copy" + lost
                                + ", or restore from a snapshot. Using an outdated copy loses writes");
            }
            if (!broken.isEmpty()) {
                return because(
                        Cause.NO_VALID_COPY,
                        null,
                        "the copies on " + String.join(", ", broken) + " can't be read; bring back another node with"
                                + " a copy" + lost + ", or restore from a snapshot");
            }
            return because(
                    Cause.NO_VALID_COPY,
                    null,
                    "no node of the cluster has a copy; bring back the node that had it" + lost
                            + ", or restore from a snapshot");
        }

        private Optional<Reason> delayed() {
            JsonNode left = explain.path("remaining_delay_in_millis");
            String text = "its node left" + (failure().isEmpty() ? "" : " (" + failure() + ")")
                    + "; Elasticsearch waits for it to come back";
            return because(
                    Cause.NODE_LEFT_DELAYED,
                    null,
                    left.isMissingNode()
                            ? text + " (index.unassigned.node_left.delayed_timeout)"
                            : text + " for another " + left.asLong() / 1000 + " s of "
                                    + explain.path("configured_delay_in_millis").asLong() / 1000
                                    + " s (index.unassigned.node_left.delayed_timeout)");
        }

        private Optional<Reason> throttled() {
            return all("throttling")
                    .findFirst()
                    .or(() -> all(null)
                            .filter(refusal -> refusal.decision().equals("THROTTLE"))
                            .findFirst())
                    .map(refusal -> new Reason(
                            Cause.THROTTLED,
                            refusal.decider(),
                            "it waits for its turn: node " + refusal.node() + " " + refusal.text()))
                    .or(() -> because(Cause.THROTTLED, null, "it waits for its turn"));
        }

        private Optional<Reason> aboutToBeAssigned() {
            String failure = failure();
            if (corrupt()) {
                return rebuilt("rebuilds it from the primary by itself");
            }
            String node = explain.path("target_node").path("name").asText("a node");
            return because(
                    Cause.INITIALIZING,
                    null,
                    "Elasticsearch is about to assign it to " + node
                            + (failure.isEmpty() ? "" : "; the last attempt failed: " + failure));
        }

        private Optional<Reason> rebuilt(String what) {
            return because(
                    Cause.CORRUPT_COPY,
                    null,
                    "its data was damaged; Elasticsearch " + what
                            + ". Look at the disk, and compare the copies afterwards. The failure: " + failure());
        }

        private boolean corrupt() {
            String details = explain.path("unassigned_info").path("details").asText("");
            return isCorrupt(details);
        }

        private Optional<Reason> refused(boolean delayed) {
            Optional<Refusal> off = onEveryNode("enable");
            if (off.isPresent()) {
                boolean index = off.get().text().contains("index setting");
                return Optional.of(new Reason(
                        index ? Cause.INDEX_ALLOCATION_OFF : Cause.CLUSTER_ALLOCATION_OFF,
                        "enable",
                        off.get().text()));
            }
            if (onEveryNode("max_retry").isPresent()) {
                return Optional.of(new Reason(
                        Cause.MAX_RETRIES,
                        "max_retry",
                        "Elasticsearch gave up after "
                                + explain.path("unassigned_info")
                                        .path("failed_allocation_attempts")
                                        .asInt()
                                + " failed attempts; the last one: " + failure()));
            }
            Optional<Refusal> waits = onEveryNode("replica_after_primary_active");
            if (waits.isPresent()) {
                return Optional.of(new Reason(
                        Cause.WAITS_FOR_PRIMARY,
                        "replica_after_primary_active",
                        "its primary is not active; that one has to be brought back first"));
            }
            if (delayed) {
                return delayed();
            }
            return byNearestNode();
        }

        private Optional<Reason> byNearestNode() {
            Map<String, List<Refusal>> candidates = new LinkedHashMap<>(byNode);
            candidates.values().removeIf(refusals -> refusals.stream()
                    .anyMatch(refusal -> refusal.decider().equals("same_shard")));
            if (candidates.isEmpty()) {
                return Optional.of(new Reason(
                        Cause.TOO_FEW_NODES,
                        "same_shard",
                        byNode.isEmpty()
                                ? "there is no data node"
                                : "each of the " + byNode.size() + " data nodes (" + String.join(", ", byNode.keySet())
                                        + ") already has a copy, and two copies never share a node; add a data node,"
                                        + " or lower index.number_of_replicas"));
            }
            int fewest = candidates.values().stream().mapToInt(List::size).min().orElse(0);
            Set<String> nearest = candidates.values().stream()
                    .filter(refusals -> refusals.size() == fewest)
                    .flatMap(List::stream)
                    .map(Refusal::decider)
                    .collect(Collectors.toCollection(TreeSet::new));
            for (Map.Entry<String, Cause> known : BY_DECIDER.entrySet()) {
                if (nearest.contains(known.getKey())) {
                    return Optional.of(new Reason(known.getValue(), known.getKey(), refusalsOf(candidates)));
                }
            }
            String decider = nearest.isEmpty() ? null : nearest.iterator().next();
            String text = refusalsOf(candidates);
            return Optional.of(new Reason(
                    Cause.OTHER,
                    decider,
                    text.isEmpty()
                            ? explain.path("allocate_explanation").asText("Elasticsearch gives no reason")
                            : text));
        }

        /** Every node's refusals, nodes with the same ones together. */
        private static String refusalsOf(Map<String, List<Refusal>> candidates) {
            Map<String, List<String>> nodesByText = new LinkedHashMap<>();
            candidates.forEach((node, refusals) -> {
                String text = refusals.stream().map(Refusal::text).collect(Collectors.joining("; and "));
                if (!text.isEmpty()) {
                    nodesByText
                            .computeIfAbsent(text, unseen -> new ArrayList<>())
                            .add(node);
                }
            });
            return nodesByText.entrySet().stream()
                    .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
                    .collect(Collectors.joining(" | "));
        }

        private Optional<Refusal> onEveryNode(String decider) {
            boolean everywhere = !byNode.isEmpty()
                    && byNode.values().stream().allMatch(refusals -> refusals.stream()
                            .anyMatch(refusal -> refusal.decider().equals(decider)));
            return everywhere ? all(decider).findFirst() : Optional.empty();
        }

        private Stream<Refusal> all(String decider) {
            return byNode.values().stream()
                    .flatMap(List::stream)
                    .filter(refusal -> decider == null || refusal.decider().equals(decider));
        }

        /** First line of the failure text, with node names in place of ids. */
        private String failure() {
            String details = explain.path("unassigned_info").path("details").asText("");
            int line = details.indexOf('\n');
            String first = line < 0 ? details : details.substring(0, line);
            for (Map.Entry<String, String> node : nodeNames.entrySet()) {
                first = first.replace("[" + node.getKey() + "]", "[" + node.getValue() + "]");
            }
            return first.strip();
        }

        private static Optional<Reason> because(Cause cause, String decider, String text) {
            return Optional.of(new Reason(cause, decider, text));
        }
    }
}
