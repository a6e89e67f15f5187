package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Copy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where one copy could go, from dry runs of {@code POST _cluster/reroute?explain=true}.
 *
 * @param copy the copy, as the routing table has it
 * @param source id of the node it would leave
 * @param places nodes without a copy of the shard, those with the fewest copies first; the first that is allowed is the
 *     last that was asked
 */
public record Rehearsal(Copy copy, String source, List<Place> places) {
    public Rehearsal {
        places = List.copyOf(places);
    }

    /**
     * One node.
     *
     * @param node its id
     * @param name its name
     * @param objection the deciders that said no; null where none did
     */
    public record Place(String node, String name, String objection) {
        /** Whether Elasticsearch would let the copy go there. */
        public boolean allowed() {
            return objection == null;
        }
    }

    /** Where it can go; empty where nowhere. */
    public Optional<Place> best() {
        return places.stream().filter(Place::allowed).findFirst();
    }

    /** Why it can't go anywhere, for people. */
    public String objections() {
        return places.isEmpty()
                ? "every node already has a copy of the shard, or is the one it is on"
                : places.stream()
                        .map(place -> place.name() + ": " + place.objection())
                        .collect(Collectors.joining(" | "));
    }
}
