package io.shardsync.processor.serve;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ReplicationStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Questions and refusals over records that don't change. */
@WithSandbox(nodes = 0)
class QuestionsIT {
    private static final List<ReplicationStatus> SHARDS = List.of(
            Samples.inSync("prod", "logs-1", 0, "n1", "n2"),
            Samples.lagging("prod", "logs-2", 0, "n1", "n2"),
            Samples.degraded("prod", "users", 0, "n1"),
            Samples.degraded("prod", "orders", 0, "n1"),
            Samples.inSync("staging", "data-1", 0, "n1", "n2"),
            Samples.inSync("staging", "orders", 0, "n1", "n2"));

    private static Server server;
    private static Http http;

    @BeforeAll
    static void start(Sandbox sandbox) {
        server = Server.start(sandbox, Map.of());
        http = new Http(server.address());
        SHARDS.forEach(status -> server.write(server.topics().replicationStatuses(), status.key(), status));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.json("/shards/replication").get("shards").size() == SHARDS.size());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "cluster=prod, 4",
        "cluster=prod&index=log*, 2",
        "index=*-1, 2",
        "index=*-*, 3",
        "health=lagging, 1",
        "'health=lagging,degraded', 3",
        "cluster=staging&health=in_sync, 2",
        "index=nothing, 0",
    })
    void shardsAreFiltered(String query, int found) {
        // Then
        assertThat(http.json("/shards/replication?" + query).get("shards")).hasSize(found);
    }

    @ParameterizedTest
    @CsvSource({
        "/nothing, 404, there is nothing at /nothing",
        "/shards/replication/prod/orders/99, 404, no shard prod/orders/99 is known",
        "/shards/replication/prod/orders/one, 400, is not of the form cluster/index/shard",
        "/shards/replication?limit=0, 400, 'allowed: a whole number from 1 to 1000'",
        "/shards/replication?health=fine, 400, 'allowed: no_primary, unknown'",
        "/shards/replication?cursor=x, 400, cursor is not one that a former answer gave",
        "/shards/replication?helth=lagging, 400, there is no parameter 'helth' here",
        "/shards/consistency/unknown, 404, no index 'unknown' is known",
        "/shards/recovery/unknown, 404, no command unknown is known",
        "/alerts?status=loud, 400, 'allowed: firing, resolved, unknown'",
        "/clusters/unknown/lag, 404, no cluster 'unknown' is known",
        "/maintenance/unknown, 404, there is no maintenance window 'unknown'",
        "/events?type=gossip, 400, 'allowed: status, recovery, alert'",
        "/assets/..%2f..%2fApi.class, 404, there is nothing at",
        "/lib/lit/secret.js, 404, there is nothing at",
    })
    void whatCanNotBeAnsweredIsAProblemThatSaysWhy(String path, int status, String detail) {
        // When
        HttpResponse<String> answer = http.get(path);

        // Then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(Http.read(answer).get("detail").textValue()).contains(detail.replace("''", "'"));
        assertThat(Http.read(answer).get("status").intValue()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"index\":\"ordres\",\"cluster\":\"prod\"} | an index of prod: orders",
                "{\"index\":\"orders\",\"shard\":7,\"cluster\":\"prod\"} | a shard of prod/orders: 0 to 0",
                "{\"indx\":\"orders\"} | there is no field 'indx' here, allowed: command_id, type",
                "{\"type\":\"HEAL\"} | allowed: DIAGNOSE, RECOVER",
                "{\"index\":\"orders\"} | one of prod, staging",
                "{\"cluster\":\"prdo\"} | one of prod, staging",
                "{\"shard\":0,\"cluster\":\"prod\"} | only together with 'index'",
                "{\"cluster\":\"prod\",\"shard\":-1} | allowed: a whole number from 0",
                "{\"cluster\":\"prod\",\"shard\":\"0\"} | allowed: a whole number from 0",
                "{\"cluster\":\"prod\",\"dry_run\":\"yes\"} | allowed: true or false",
                "{\"cluster\":\"prod\",\"command_id\":\"1\"} | allowed: a UUID",
                "{\"cluster\":\"prod\",\"expires_at\":\"2020-01-01T00:00:00Z\"} | a time within the next 7 days",
                "{\"cluster\":\"prod\",\"expires_at\":\"soon\"} | a time such as",
                "{\"params\":[]} | allowed: an object",
                "{\"type\":\"CANCEL_COMMAND\"} | that command's id",
                "{\"type\":\"MOVE_SHARD\",\"cluster\":\"prod\"} | the name of an index",
                "{\"type\":\"MOVE_SHARD\",\"cluster\":\"prod\",\"index\":\"orders\"} | the number of a shard",
                "{\"a\":1,\"a\":2} | not JSON",
                "[] | allowed: an object",
                "{} {} | not JSON",
                "{ | not JSON",
            })
    void aCommandThatMeansNothingIsRefusedAndSaysWhatIsAllowed(String body, String detail) {
        // When
        HttpResponse<String> answer = http.post("/shards/recovery", body);

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Http.read(answer).get("detail").textValue()).contains(detail);
        assertThat(server.read(server.topics().recoveryCommands())).isEmpty();
    }

    @Test
    void whereAClusterHasNoIndexACommandAboutOneIsToldSo() {
        // Given
        ClusterSnapshot unused = Samples.cluster("unused", "green", List.of("n1"), List.of());
        server.write(server.topics().clusterSnapshots(), unused.cluster(), unused);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.json("/clusters").toString().contains("unused"));

        // When
        HttpResponse<String> answer = http.post("/shards/recovery", "{\"index\":\"orders\",\"cluster\":\"unused\"}");

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Http.read(answer).get("detail").textValue())
                .contains("allowed: an index of unused, of which none is known");
    }
}
