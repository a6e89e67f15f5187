package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot.Unassigned;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the filtered cluster state. Use one instance for one answer. */
public final class ClusterStateReader {
    static final String PATH = "/_cluster/state/version,routing_table,nodes,metadata,master_node,blocks";

    /** Nothing is sent that is not used; mappings alone would be megabytes. */
    static final String FILTER =
            "cluster_uuid,version,state_uuid,master_node,blocks.global,nodes.*.name,nodes.*.ephemeral_id,nodes.*.roles"
                    + ",routing_table.indices.*.shards.*.state,routing_table.indices.*.shards.*.primary"
                    + ",routing_table.indices.*.shards.*.node,routing_table.indices.*.shards.*.relocating_node"
                    + ",routing_table.indices.*.shards.*.allocation_id,routing_table.indices.*.shards.*.unassigned_info"
                    + ",routing_table.indices.*.shards.*.recovery_source.type"
                    + ",routing_table.indices.*.shards.*.relocation_failure_info"
                    + ",metadata.indices.*.in_sync_allocations,metadata.indices.*.primary_terms"
                    + ",metadata.indices.*.settings.index.uuid,metadata.indices.*.settings.index.blocks"
                    + ",metadata.indices.*.settings.index.routing,metadata.indices.*.settings.index.unassigned"
                    + ",metadata.node_shutdown.nodes.*.type";

    /** A state under a block of this level is kept from readers: it looks like one without indices. */
    private static final String HIDDEN = "metadata_read";

    /** No topic takes a time after the year 9999; the longest delay there is, 292 years, still fits behind it. */
    private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

    private final Walk.MemberOf<RawCopy> fieldOfCopy = this::field;
    private final Map<String, String> words = new HashMap<>();
    private final Map<String, RawMember> members = new LinkedHashMap<>();
    private final Map<String, IndexMetadataReader> metadata = new HashMap<>();
    private final Map<String, Map<Integer, List<RawCopy>>> routing = new LinkedHashMap<>();
    private final Map<String, String> shutdowns = new HashMap<>();
    private String clusterUuid;
    private String stateUuid;
    private String masterNode;
    private String hiddenBecause;
    private long version = -1;

    /** @throws IOException when the body is not JSON or ends early */
    public static ClusterState read(JsonParser json) throws IOException {
        return new ClusterStateReader().state(json);
    }

    private ClusterState state(JsonParser json) throws IOException {
        json.nextToken();
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "cluster_uuid" -> clusterUuid = Walk.text(at);
                case "version" -> version = Walk.number(at, -1L);
                case "state_uuid" -> stateUuid = Walk.text(at);
                case "master_node" -> masterNode = Walk.text(at);
                case "blocks" -> Walk.members(at, this::blocks);
                case "nodes" -> Walk.members(at, this::member);
                case "routing_table" -> Walk.members(at, this::routingTable);
                case "metadata" -> Walk.members(at, this::metadata);
                default -> {}
            }
        });
        return assemble();
    }

    private void blocks(String scope, JsonParser json) throws IOException {
        if (scope.equals("global")) {
            Walk.members(json, this::block);
        }
    }

    private void block(String id, JsonParser json) throws IOException {
        String[] description = new String[1];
        boolean[] hides = new boolean[1];
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "description" -> description[0] = Walk.text(at);
                case "levels" -> Walk.elements(at, level -> hides[0] |= HIDDEN.equals(Walk.text(level)));
                default -> {}
            }
        });
        if (hides[0]) {
            hiddenBecause = description[0] == null ? id : description[0];
        }
    }

    private void member(String id, JsonParser json) throws IOException {
        RawMember member = new RawMember();
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "name" -> member.name = Walk.text(at);
                case "ephemeral_id" -> member.ephemeralId = Walk.text(at);
                case "roles" -> Walk.elements(at, role -> member.addRole(word(Walk.text(role))));
                default -> {}
            }
        });
        members.put(word(id), member);
    }

    private void metadata(String name, JsonParser json) throws IOException {
        if (name.equals("indices")) {
            Walk.members(json, (index, at) -> {
                IndexMetadataReader reader = new IndexMetadataReader();
                reader.read(at);
                metadata.put(index, reader);
            });
        } else if (name.equals("node_shutdown")) {
            Walk.members(json, (field, at) -> {
                if (field.equals("nodes")) {
                    Walk.members(at, this::shutdown);
                }
            });
        }
    }

    private void shutdown(String nodeId, JsonParser json) throws IOException {
        Walk.members(json, (name, at) -> {
            if (name.equals("type")) {
                shutdowns.put(nodeId, Walk.text(at));
            }
        });
    }

    private void routingTable(String name, JsonParser json) throws IOException {
        if (!name.equals("indices")) {
            return;
        }
        Walk.members(json, (index, at) -> {
            Map<Integer, List<RawCopy>> shards = new HashMap<>();
            Walk.members(at, (field, inside) -> {
                if (field.equals("shards")) {
                    Walk.members(inside, (number, copies) -> shards.put(Walk.shard(number, copies), copies(copies)));
                }
            });
            routing.put(index, shards);
        });
    }

    private List<RawCopy> copies(JsonParser json) throws IOException {
        List<RawCopy> copies = new ArrayList<>(2);
        Walk.elements(json, at -> {
            copies.add(Walk.members(at, new RawCopy(), fieldOfCopy));
        });
        return copies;
    }

    private void field(RawCopy copy, String name, JsonParser json) throws IOException {
        switch (name) {
            case "state" -> copy.state = state(Walk.text(json));
            case "primary" -> copy.primary = json.getValueAsBoolean();
            case "node" -> copy.node = word(Walk.text(json));
            case "relocating_node" -> copy.relocatingNode = word(Walk.text(json));
            case "allocation_id" ->
                Walk.members(json, copy, (of, field, at) -> {
                    switch (field) {
                        case "id" -> of.allocationId = Walk.text(at);
                        case "relocation_id" -> of.relocationId = Walk.text(at);
                        default -> {}
                    }
                });
            case "recovery_source" ->
                Walk.members(json, (field, at) -> {
                    if (field.equals("type")) {
                        copy.recoverySource = word(Walk.text(at));
                    }
                });
            case "relocation_failure_info" ->
                Walk.members(json, (field, at) -> {
                    if (field.equals("failed_attempts")) {
                        copy.relocationFailures = Walk.number(at, 0);
                    }
                });
            case "unassigned_info" -> copy.unassigned = unassigned(json);
            default -> {}
        }
    }

    private Unassigned unassigned(JsonParser json) throws IOException {
        String[] texts = new String[3];
        Instant[] since = new Instant[1];
        int[] failures = new int[1];
        boolean[] delayed = new boolean[1];
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "reason" -> texts[0] = word(Walk.text(at));
                case "details" -> texts[1] = Walk.text(at);
                case "allocation_status" -> texts[2] = word(Walk.text(at));
                case "at" -> since[0] = instant(Walk.text(at));
                case "failed_attempts" -> failures[0] = Walk.number(at, 0);
                case "delayed" -> delayed[0] = at.getValueAsBoolean();
                default -> {}
            }
        });
        return new Unassigned(texts[0], since[0], failures[0], delayed[0], texts[1], texts[2]);
    }

    /** A state we don't know is certainly not one in which the copy serves, so it stays in sight as initializing. */
    private static CopyState state(String text) {
        for (CopyState state : CopyState.values()) {
            if (state.name().equals(text)) {
                return state;
            }
        }
        return CopyState.INITIALIZING;
    }

    private static Instant instant(String text) {
        try {
            Instant time = text == null ? null : Instant.parse(text);
            return time == null || time.isAfter(LATEST) ? null : time;
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }

    /** Node ids and reasons repeat in every copy; 100,000 equal strings would be megabytes. */
    private String word(String text) {
        return text == null ? null : words.computeIfAbsent(text, same -> same);
    }

    private ClusterState assemble() {
        Map<String, ClusterState.Member> nodes = new HashMap<>();
        members.forEach((id, raw) -> {
            nodes.put(
                    id,
                    new ClusterState.Member(
                            id, raw.ephemeralId, raw.name == null ? id : raw.name, raw.roles, shutdowns.get(id)));
        });
        List<IndexRouting> indices = new ArrayList<>(routing.size());
        routing.forEach((name, shards) -> indices.add(index(name, shards)));
        indices.sort(Comparator.comparing(IndexRouting::name));
        return new ClusterState(
                IndexRouting.NO_UUID.equals(clusterUuid) ? null : clusterUuid,
                version,
                stateUuid,
                masterNode,
                hiddenBecause,
                nodes,
                indices);
    }

    private IndexRouting index(String name, Map<Integer, List<RawCopy>> raw) {
        IndexMetadataReader facts = metadata.getOrDefault(name, new IndexMetadataReader());
        List<ShardRouting> shards = new ArrayList<>(raw.size());
        raw.forEach((number, copies) -> {
            Set<String> inSync = new HashSet<>(facts.inSync(number));
            List<CopyRouting> all = new ArrayList<>(copies.size());
            copies.forEach(copy -> copy.addTo(all, inSync));
            shards.add(new ShardRouting(number, facts.primaryTerm(number), List.copyOf(all)));
        });
        shards.sort(Comparator.comparingInt(ShardRouting::shard));
        return new IndexRouting(name, facts.uuid(), facts.settings(), facts.delayedTimeout(), List.copyOf(shards));
    }

    private static final class RawMember {
        private final List<String> roles = new ArrayList<>();
        private String name;
        private String ephemeralId;

        void addRole(String role) {
            if (role != null) {
                roles.add(role);
            }
        }
    }

    private static final class RawCopy {
        private CopyState state = CopyState.INITIALIZING;
        private boolean primary;
        private String node;
        private String relocatingNode;
        private String allocationId;
        private String relocationId;
        private String recoverySource;
        private int relocationFailures;
        private Unassigned unassigned;

        /** The routing table lists a move once, at its source; the target is part of the group all the same. */
        void addTo(List<CopyRouting> copies, Set<String> inSync) {
            copies.add(new CopyRouting(
                    primary,
                    state,
                    node,
                    relocatingNode,
                    allocationId,
                    inSync.contains(allocationId),
                    recoverySource,
                    relocationFailures,
                    unassigned));
            if (state == CopyState.RELOCATING && relocatingNode != null) {
                copies.add(new CopyRouting(
                        primary,
                        CopyState.INITIALIZING,
                        relocatingNode,
                        node,
                        relocationId,
                        inSync.contains(relocationId),
                        null,
                        relocationFailures,
                        null));
            }
        }
    }
}
