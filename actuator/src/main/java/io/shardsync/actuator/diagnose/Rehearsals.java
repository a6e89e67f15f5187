package io.shardsync.actuator.diagnose;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.actuator.bedside.Answer;
import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Rehearsal.Place;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks Elasticsearch where a copy could go, by dry runs. */
public final class Rehearsals {
    /** A dry run is work for the master; on a large cluster the emptiest nodes are enough. */
    private static final int MOST_PLACES = 10;

    private Rehearsals() {}

    /** {@code move}: the copy goes on serving until the other has taken over. */
    public static ObjectNode move(ShardId shard, String from, String to) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        shard(body.putArray("commands").addObject().putObject("move"), shard)
                .put("from_node", from)
                .put("to_node", to);
        return body;
    }

    /** {@code cancel}, of a replica's recovery alone. */
    public static ObjectNode cancel(ShardId shard, String node) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        shard(body.putArray("commands").addObject().putObject("cancel"), shard).put("node", node);
        return body;
    }

    /** {@code cancel} of a replica's recovery, and the next attempt on another node. */
    public static ObjectNode elsewhere(ShardId shard, String node, String to) {
        ObjectNode body = cancel(shard, node);
        shard(((ArrayNode) body.path("commands")).addObject().putObject("allocate_replica"), shard)
                .put("node", to);
        return body;
    }

    private static ObjectNode shard(ObjectNode command, ShardId shard) {
        return command.put("index", shard.index()).put("shard", shard.number());
    }

    /**
     * Where a serving copy could move.
     *
     * @param wanted id of the only node that is meant; empty for any
     */
    public static Rehearsal ofMove(Bedside bedside, ClusterView view, Copy copy, Optional<String> wanted) {
        List<Place> places = new ArrayList<>();
        for (String node : candidates(view, copy.shard(), wanted)) {
            places.add(place(view, node, bedside.rehearse(move(copy.shard(), copy.node(), node))));
            if (places.get(places.size() - 1).allowed()) {
                break;
            }
        }
        return new Rehearsal(copy, copy.node(), places);
    }

    /** Where the next attempt of a recovery could be made; for a relocation there is no need to ask. */
    public static Rehearsal ofRetry(Bedside bedside, ClusterView view, Copy copy, String target) {
        List<Place> places = new ArrayList<>();
        if (copy.movesTo() == null) {
            for (String node : candidates(view, copy.shard(), Optional.empty())) {
                places.add(place(view, node, bedside.rehearse(elsewhere(copy.shard(), target, node))));
                if (places.get(places.size() - 1).allowed()) {
                    break;
                }
            }
        }
        return new Rehearsal(copy, target, places);
    }

    private static Place place(ClusterView view, String node, Answer answer) {
        String objection = !answer.ok()
                ? answer.complaint()
                : answer.explained() == 0
                        ? "Elasticsearch explains nothing"
                        : answer.refusals().isEmpty() ? null : String.join("; ", answer.refusals());
        return new Place(node, view.nodeName(node), objection);
    }

    private static List<String> candidates(ClusterView view, ShardId shard, Optional<String> wanted) {
        Set<String> taken = new HashSet<>();
        for (Copy copy : view.copiesOf(shard)) {
            taken.add(copy.node());
            taken.add(copy.movesTo());
        }
        Map<String, Long> copies = view.copies()
                .map(Copy::node)
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(node -> node, Collectors.counting()));
        return view.nodes().keySet().stream()
                .filter(node -> wanted.isEmpty() || wanted.get().equals(node))
                // The one that is asked for is asked about, also where the answer is plain.
                .filter(node -> wanted.isPresent() || !taken.contains(node))
                .sorted(Comparator.comparing((String node) -> copies.getOrDefault(node, 0L))
                        .thenComparing(view::nodeName))
                .limit(MOST_PLACES)
                .toList();
    }
}
