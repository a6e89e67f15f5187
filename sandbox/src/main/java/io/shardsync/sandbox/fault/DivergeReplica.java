package io.shardsync.sandbox.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A replica no longer holds what its primary holds, and nothing in health, checkpoints or recovery shows it: its node
 * is stopped, its files are changed, the node comes back and takes the copy as it is. Can't be undone; a copy rebuilt
 * elsewhere is whole again.
 *
 * <p>It fails where Elasticsearch rebuilds the copy from the primary instead: the lease that says how far the replica
 * had come is renewed twice a minute, so that fewer than a tenth of the documents may have been written since.
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

    private void requireTakenAsItIs(Sandbox sandbox) {
        for (JsonNode recovery :
                sandbox.http().get("/" + index + "/_recovery").path(index).path("shards")) {
            if (recovery.path("id").asInt() == shard
                    && !recovery.path("primary").asBoolean()
                    && recovery.path("target").path("name").asText().equals(node)
                    && recovery.path("index").path("files").path("total").asInt() > 0) {
                throw new SandboxException("sandbox: the replica of " + index + "/" + shard + " on " + node
                        + " was rebuilt from its primary, so nothing is wrong with it; write less before the fault, or"
                        + " add the replica after the documents");
            }
        }
    }
}
