package io.shardsync.sandbox.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;
import io.shardsync.sandbox.Waiting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A replica no longer holds what its primary holds, and nothing in health, checkpoints or recovery shows it: its node
 * is stopped, its files are changed, the node comes back and takes the copy as it is. Can't be undone; a copy rebuilt
 * elsewhere is whole again.
 *
 * <p>Where a tenth of the documents or more is newer than the lease that says how far the replica had come,
 * Elasticsearch may drop the lease while the node is away, and rebuild the copy from the primary. So it waits until the
 * lease is as new as the documents; it is renewed twice a minute. It fails where the copy is rebuilt all the same.
 *
 * @param node the name of the replica's node, such as {@code n2}
 * @param index its index
 * @param shard its shard
 * @param change {@code lose}, or {@code FIELD=NUMBER} for another value under the same sequence number
 * @param ids of the documents
 */
public record DivergeReplica(String node, String index, int shard, String change, List<String> ids) implements Fault {
    private static final String PROGRAM = "ChangeShard.java";
    private static final Duration RECOVERY = Duration.ofMinutes(2);
    private static final Duration LEASE = Duration.ofSeconds(90);
    private static final long ENOUGH_PERCENT = 95;

    public DivergeReplica {
        ids = List.copyOf(ids);
    }

    /** Documents vanish. */
    public static DivergeReplica losing(String node, String index, int shard, List<String> ids) {
        return new DivergeReplica(node, index, shard, "lose", ids);
    }

    /**
     * Another value in the index and in doc values, while {@code _source} stays as it was.
     *
     * @param field of type long, the only one that the documents have
     */
    public static DivergeReplica changing(
            String node, String index, int shard, String field, long value, List<String> ids) {
        return new DivergeReplica(node, index, shard, field + "=" + value, ids);
    }

    @Override
    public Runnable inject(Sandbox sandbox) {
        ElasticsearchNode victim = sandbox.elasticsearch(node);
        requireReplica(sandbox);
        awaitLease(sandbox);
        sandbox.http().post("/" + index + "/_flush?force=true", null);
        String uuid =
                sandbox.http().get("/" + index + "/_settings").findValue("uuid").asText();
        victim.stop();
        List<String> arguments = new ArrayList<>(List.of(
                victim.shards()
                        .resolve(uuid)
                        .resolve(String.valueOf(shard))
                        .resolve("index")
                        .toString(),
                change));
        arguments.addAll(ids);
        victim.runWhileDown(DivergeReplica.class.getResource(PROGRAM), PROGRAM, arguments);
        victim.start();
        sandbox.http().awaitNodes(sandbox.spec().nodes());
        sandbox.http().awaitHealth("green", RECOVERY);
        requireTakenAsItIs(sandbox);
        return () -> {};
    }

    private void requireReplica(Sandbox sandbox) {
        boolean there = StreamSupport.stream(
                        sandbox.http()
                                .get("/_cat/shards/" + index + "?format=json")
                                .spliterator(),
                        false)
                .anyMatch(copy -> copy.path("shard").asInt() == shard
                        && copy.path("prirep").asText().equals("r")
                        && copy.path("state").asText().equals("STARTED")
                        && copy.path("node").asText().equals(node));
        if (!there) {
            throw new SandboxException(
                    "sandbox: " + node + " has no started replica of " + index + "/" + shard + " to change");
        }
    }

    private void awaitLease(Sandbox sandbox) {
        Waiting.until(
                () -> isLeaseNew(sandbox),
                LEASE,
                () -> "sandbox: Elasticsearch was to renew the lease of the replica of " + index + "/" + shard + " on "
                        + node + " within " + LEASE.toSeconds() + " s; is somebody writing?");
    }

    /** The primary tells the leases of all. */
    private boolean isLeaseNew(Sandbox sandbox) {
        String id = sandbox.http()
                .get("/_nodes/" + node + "/_none?filter_path=nodes")
                .path("nodes")
                .fieldNames()
                .next();
        JsonNode copies = sandbox.http()
                .get("/" + index + "/_stats/flush?level=shards")
                .at("/indices/" + index + "/shards/" + shard);
        for (JsonNode copy : copies) {
            for (JsonNode lease : copy.at("/retention_leases/leases")) {
                if (copy.at("/routing/primary").asBoolean()
                        && lease.path("id").asText().equals("peer_recovery/" + id)) {
                    long newest = copy.at("/seq_no/max_seq_no").asLong();
                    return lease.path("retaining_seq_no").asLong() * 100 >= newest * ENOUGH_PERCENT;
                }
            }
        }
        return false;
    }

    private void requireTakenAsItIs(Sandbox sandbox) {
        for (JsonNode recovery :
                sandbox.http().get("/" + index + "/_recovery").path(index).path("shards")) {
            if (recovery.path("id").asInt() == shard
                    && !recovery.path("primary").asBoolean()
                    && recovery.path("target").path("name").asText().equals(node)
                    && recovery.path("index").path("files").path("total").asInt() > 0) {
                throw new SandboxException("sandbox: the replica of " + index + "/" + shard + " on " + node
                        + " was rebuilt from its primary, so nothing is wrong with it");
            }
        }
    }
}
