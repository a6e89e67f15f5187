package io.shardsync.processor.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.Control.Kind;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@WithSandbox(nodes = 0)
class ApiIT {
    private Server server;
    private Http http;

    @BeforeEach
    void start(Sandbox sandbox) {
        server = Server.start(sandbox, Map.of());
        http = new Http(server.address());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void shardsAreListedPageByPageInTheOrderOfTheirNumbers() {
        // Given
        for (int shard = 0; shard < 12; shard++) {
            write(Samples.inSync("prod", "orders", shard, "n1", "n2"));
        }
        write(Samples.lagging("staging", "users", 0, "n1", "n2"));
        awaitShards(13);

        // When
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = http.json("/shards/replication?limit=5" + cursor);
            page.get("shards").forEach(one -> seen.add(key(one)));
            cursor = page.get("cursor").isNull()
                    ? null
                    : "&cursor=" + page.get("cursor").textValue();
        } while (cursor != null);

        // Then
        assertThat(seen).hasSize(13).startsWith("prod/orders/0", "prod/orders/1", "prod/orders/2");
        assertThat(seen.get(11)).isEqualTo("prod/orders/11");
        assertThat(seen.get(12)).isEqualTo("staging/users/0");
    }

    @Test
    void aDeletedShardIsGone() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);
        assertThat(http.json("/shards/replication/prod/orders/0").get("health").textValue())
                .isEqualTo("in_sync");

        // When
        server.write(server.topics().replicationStatuses(), new ShardKey("prod", "orders", 0), null);

        // Then
        awaitShards(0);
        assertThat(http.get("/shards/replication/prod/orders/0").statusCode()).isEqualTo(404);
    }

    @Test
    void anUnchangedAnswerIsNotSentAgain() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);
        String tag =
                http.get("/shards/replication").headers().firstValue("ETag").orElseThrow();

        // Then
        HttpResponse<String> again = http.get("/shards/replication", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();

        // And when
        write(Samples.lagging("prod", "orders", 0, "n1", "n2"));

        // Then
        await().until(() ->
                http.get("/shards/replication", "If-None-Match", tag).statusCode() == 200);
    }

    @Test
    void longAnswersAreCompressedForWhoeverTakesThem() {
        // Given
        for (int shard = 0; shard < 30; shard++) {
            write(Samples.inSync("prod", "orders", shard, "n1", "n2"));
        }
        awaitShards(30);

        // Then
        assertThat(http.get("/shards/replication", "Accept-Encoding", "gzip")
                        .headers()
                        .firstValue("Content-Encoding"))
                .contains("gzip");
        assertThat(http.get("/shards/replication").headers().firstValue("Content-Encoding"))
                .isEmpty();
        assertThat(http.get("/assets/style.css", "Accept-Encoding", "gzip")
                        .headers()
                        .firstValue("Content-Encoding"))
                .contains("gzip");
    }

    @Test
    void aMethodThatIsNotUnderstoodIs405() {
        HttpResponse<String> answer = http.send("DELETE", "/alerts", null);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(http.post("/events", "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void aCommandIsSentWithEverythingThatWasAskedAndTheRestFilledIn() throws Exception {
        // Given
        write(Samples.degraded("prod", "orders", 0, "n1"));
        awaitShards(1);

        // When
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        HttpResponse<String> answer = http.post(
                "/shards/recovery",
                "{\"index\":\"orders\",\"shard\":0,\"reason\":\"disk exchanged\"}",
                "traceparent",
                trace);

        // Then
        assertThat(answer.statusCode()).isEqualTo(202);
        String id = Http.read(answer).get("command_id").textValue();
        assertThat(answer.headers().firstValue("Location")).contains("/shards/recovery/" + id);
        ConsumerRecord<byte[], byte[]> record =
                server.read(server.topics().recoveryCommands()).get(0);
        RecoveryCommand command = Json.MAPPER.readValue(record.value(), RecoveryCommand.class);
        assertThat(command.type()).isEqualTo(CommandType.RECOVER);
        assertThat(command.cluster()).isEqualTo("prod");
        assertThat(command.shard()).isZero();
        assertThat(command.dryRun()).isFalse();
        assertThat(command.requestedBy()).isEqualTo("loopback");
        assertThat(Duration.between(command.requestedAt(), command.expiresAt())).isEqualTo(Duration.ofMinutes(15));
        assertThat(new String(record.key(), UTF_8)).isEqualTo("prod");
        assertThat(record.partition()).isEqualTo(Utils.toPositive(Utils.murmur2(record.key())) % Server.PARTITIONS);
        assertThat(record.headers().lastHeader("shardsync_principal")).isNull();
        assertThat(new String(record.headers().lastHeader("ce_type").value(), UTF_8))
                .isEqualTo("io.shardsync.recovery.command.v1");
        assertThat(new String(record.headers().lastHeader("traceparent").value(), UTF_8))
                .isEqualTo(trace);
    }

    @Test
    void aCommandCanBeFollowedFromTheMomentItWasSent() {
        // Given
        write(Samples.degraded("prod", "orders", 0, "n1"));
        awaitShards(1);
        HttpResponse<String> answer = http.post("/shards/recovery", "{\"index\":\"orders\"}");
        String location = answer.headers().firstValue("Location").orElseThrow();

        // Then
        await().until(() -> http.get(location).statusCode() == 200);
        assertThat(http.json(location).get("status").textValue()).isEqualTo("sent");
        assertThat(http.json("/shards/recovery/status")
                        .get("commands")
                        .get(0)
                        .get("status")
                        .textValue())
                .isEqualTo("sent");

        // And when
        RecoveryCommand command =
                Samples.command(Http.read(answer).get("command_id").textValue(), "prod", CommandType.RECOVER);
        write(Samples.result(command, 0, RecoveryResult.Status.RUNNING));

        // Then
        await().until(() -> http.json(location).get("status").textValue().equals("running"));
        assertThat(http.json("/shards/recovery/status").get("commands")).hasSize(1);
    }

    @Test
    void theSameCommandSentTwiceIsOneAndItsIdCanNotMeanAnotherThing() {
        // Given
        write(Samples.degraded("prod", "orders", 0, "n1"));
        awaitShards(1);
        String id = UUID.randomUUID().toString();
        String body = "{\"command_id\":\"" + id + "\",\"index\":\"orders\"}";
        assertThat(http.post("/shards/recovery", body).statusCode()).isEqualTo(202);
        await().until(() -> http.get("/shards/recovery/" + id).statusCode() == 200);

        // When
        HttpResponse<String> again = http.post("/shards/recovery", body);
        HttpResponse<String> other =
                http.post("/shards/recovery", "{\"command_id\":\"" + id + "\",\"type\":\"REBALANCE\"}");

        // Then
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(server.read(server.topics().recoveryCommands())).hasSize(1);
    }

    @Test
    void aDeepCheckIsACommandAndItsReportsAreFound() throws Exception {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);
        assertThat(http.json("/shards/consistency/orders").get("reports")).isEmpty();

        // When
        HttpResponse<String> answer = http.post("/shards/consistency/orders", "{\"params\":{\"depth\":\"content\"}}");
        write(Samples.report("prod", "orders", Method.CHECKPOINTS, Verdict.CONSISTENT));
        write(Samples.report("prod", "orders", Method.FINGERPRINT, Verdict.DIVERGENT));

        // Then
        assertThat(answer.statusCode()).isEqualTo(202);
        RecoveryCommand command = Json.MAPPER.readValue(
                server.read(server.topics().recoveryCommands()).get(0).value(), RecoveryCommand.class);
        assertThat(command.type()).isEqualTo(CommandType.VERIFY_CONSISTENCY);
        assertThat(command.index()).isEqualTo("orders");
        assertThat(command.params()).containsEntry("depth", "content");
        await().until(() ->
                http.json("/shards/consistency/orders").get("reports").size() == 2);
        assertThat(http.json("/shards/consistency/orders?cluster=prod").findValuesAsText("method"))
                .containsExactly("checkpoints", "fingerprint");
        assertThat(http.get("/shards/consistency/orders?cluster=staging").statusCode())
                .isEqualTo(404);
    }

    @Test
    void healingIsPausedAndResumed() throws Exception {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);

        // When
        HttpResponse<String> paused =
                http.post("/healing/pause", "{\"cluster\":\"prod\",\"why\":\"the storage is migrated\"}");

        // Then
        assertThat(paused.statusCode()).isEqualTo(200);
        await().until(() -> http.json("/healing").get("pauses").size() == 1);
        assertThat(http.json("/clusters")
                        .get("clusters")
                        .get(0)
                        .get("healing_paused")
                        .booleanValue())
                .isTrue();
        assertThat(new String(server.read(server.topics().controls()).get(0).key(), UTF_8))
                .isEqualTo("prod/pause");

        // And when
        HttpResponse<String> resumed = http.post("/healing/resume", "{\"cluster\":\"prod\"}");

        // Then
        assertThat(Http.read(resumed).get("paused").booleanValue()).isFalse();
        await().until(() -> http.json("/healing").get("pauses").isEmpty());
        assertThat(server.read(server.topics().controls()).get(1).value()).isNull();
    }

    @Test
    void aPauseWrittenByHandHoldsForTheClusterOfItsKey() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        write(Samples.inSync("staging", "orders", 0, "n1", "n2"));
        awaitShards(2);

        // When
        write("prod/pause", new Control(Kind.PAUSE, null, null, null, null, "anna", "storage work"));
        await().until(() -> http.json("/healing").get("pauses").size() == 1);

        // Then
        JsonNode clusters = http.json("/clusters").get("clusters");
        assertThat(clusters.get(0).get("healing_paused").booleanValue()).isTrue();
        assertThat(clusters.get(1).get("healing_paused").booleanValue()).isFalse();
        assertThat(Http.read(http.post("/healing/resume", "{\"cluster\":\"prod\"}"))
                        .get("paused")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void resumingOneClusterSaysThatAPauseOfAllStillHolds() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);
        http.send("POST", "/healing/pause", null);
        await().until(() -> http.json("/healing").get("pauses").size() == 1);

        // When
        HttpResponse<String> resumed = http.post("/healing/resume", "{\"cluster\":\"prod\"}");

        // Then
        assertThat(Http.read(resumed).get("paused").booleanValue()).isTrue();
        assertThat(Http.read(resumed).get("pauses").get(0).get("cluster").textValue())
                .isEqualTo("*");
    }

    @Test
    void aMaintenanceWindowIsOpenedSeenAndEnded() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        awaitShards(1);
        String until = Instant.now().plusSeconds(3_600).toString();

        // When
        HttpResponse<String> opened = http.post(
                "/maintenance", "{\"cluster\":\"prod\",\"node\":\"n2\",\"until\":\"" + until + "\",\"why\":\"disks\"}");

        // Then
        assertThat(opened.statusCode()).isEqualTo(201);
        String location = opened.headers().firstValue("Location").orElseThrow();
        await().until(() -> http.get(location).statusCode() == 200);
        assertThat(http.json("/maintenance")
                        .get("maintenance")
                        .get(0)
                        .get("node")
                        .textValue())
                .isEqualTo("n2");

        // And when
        assertThat(http.send("DELETE", location, null).statusCode()).isEqualTo(204);

        // Then
        await().until(() -> http.get(location).statusCode() == 404);
        assertThat(http.post("/maintenance", "{\"cluster\":\"prdo\"}").statusCode())
                .isEqualTo(400);
        assertThat(http.post("/maintenance", "{\"until\":\"2020-01-01T00:00:00Z\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aMaintenanceWindowOfOneClusterIsNotTakenForThatOfAnother() {
        // Given
        write(Samples.inSync("prod", "orders", 0, "n1", "n2"));
        write(Samples.inSync("staging", "orders", 0, "n1", "n2"));
        awaitShards(2);
        assertThat(http.post("/maintenance", "{\"id\":\"disks\",\"cluster\":\"staging\"}")
                        .statusCode())
                .isEqualTo(201);
        await().until(() -> http.get("/maintenance/disks").statusCode() == 200);

        // When one would be named as the other is
        HttpResponse<String> namesake = http.post("/maintenance", "{\"id\":\"disks\",\"cluster\":\"prod\"}");
        // Then
        assertThat(namesake.statusCode()).isEqualTo(409);
        assertThat(namesake.body()).contains("'disks' of staging");
        assertThat(http.post("/maintenance", "{\"id\":\"disks\",\"cluster\":\"staging\",\"why\":\"longer\"}")
                        .statusCode())
                .isEqualTo(201);

        // When somebody has written one by hand
        write("prod/maintenance/disks", new Control(Kind.MAINTENANCE, "prod", null, null, null, "anna", "disks"));
        await().until(() -> http.get("/maintenance/disks?cluster=prod").statusCode() == 200);
        // Then
        for (String method : List.of("GET", "DELETE")) {
            HttpResponse<String> ambiguous = http.send(method, "/maintenance/disks", null);
            assertThat(ambiguous.statusCode()).isEqualTo(409);
            assertThat(ambiguous.body()).contains("prod, staging");
            assertThat(http.send(method, "/maintenance/disks?cluster=*", null).statusCode())
                    .isEqualTo(404);
        }
        assertThat(http.send("DELETE", "/maintenance/disks?cluster=staging", null)
                        .statusCode())
                .isEqualTo(204);
        await().until(() -> http.get("/maintenance/disks").statusCode() == 200);
        assertThat(http.json("/maintenance/disks").get("cluster").textValue()).isEqualTo("prod");
    }

    @Test
    void alertsComeTheMostSevereFirstAndRecoveriesWithTheirProgress() {
        // Given
        write(Samples.alert("prod", "NodesUnbalanced", Alert.Severity.INFO, Alert.Status.FIRING, "unbalanced"));
        write(Samples.alert("prod", "NoMaster", Alert.Severity.CRITICAL, Alert.Status.FIRING, "no master"));
        write(Samples.alert("staging", "NodeLost", Alert.Severity.WARNING, Alert.Status.RESOLVED, "a node left"));
        write(Samples.recovering("prod", "orders", 2, "n1", "n3", 16.5));
        awaitShards(1);

        // Then
        await().until(() -> http.json("/alerts").get("alerts").size() == 3);
        assertThat(http.json("/alerts").findValuesAsText("severity")).startsWith("critical", "warning", "info");
        assertThat(http.json("/alerts?status=firing&cluster=prod").get("alerts"))
                .hasSize(2);
        JsonNode recovery =
                http.json("/shards/recovery/status").get("recoveries").get(0);
        assertThat(recovery.get("progress").get("percent").doubleValue()).isEqualTo(16.5);
        assertThat(recovery.get("progress").get("target_node").textValue()).isEqualTo("n3");
    }

    @Test
    void aPlotHasAGapWhereNothingWasKnown() {
        // When
        write(Samples.status("prod", "orders", 0, ReplicationStatus.Health.UNKNOWN, null));
        awaitShards(1);

        // Then
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !http.json("/clusters/prod/lag").at("/points/at").isEmpty());
        JsonNode points = http.json("/clusters/prod/lag").get("points");
        assertThat(points.at("/lag_bytes/0").isNull()).isTrue();
        assertThat(points.at("/lag_ops/0").isNull()).isTrue();
        assertThat(points.at("/not_in_sync/0").intValue()).isEqualTo(1);
    }

    @Test
    void everyAnswerTellsBrowsersWhatNotToDo() {
        for (String path : List.of("/", "/alerts", "/nothing", "/assets/main.js")) {
            HttpResponse<String> answer = http.get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    private static String key(JsonNode status) {
        return status.get("cluster").textValue() + "/" + status.get("index").textValue() + "/" + status.get("shard");
    }

    private void awaitShards(int count) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> http.json("/shards/replication?limit=1000")
                                .get("shards")
                                .size()
                        == count);
    }

    private void write(ReplicationStatus status) {
        server.write(server.topics().replicationStatuses(), status.key(), status);
    }

    private void write(Alert alert) {
        server.write(server.topics().alerts(), alert.fingerprint(), alert);
    }

    private void write(String key, Control control) {
        server.write(server.topics().controls(), key, control);
    }

    private void write(RecoveryResult result) {
        server.write(server.topics().recoveryResults(), result.commandId(), result);
    }

    private void write(ConsistencyReport report) {
        server.write(
                server.topics().consistencyReports(),
                report.cluster() + "/" + report.index() + "/"
                        + report.method().name().toLowerCase(java.util.Locale.ROOT),
                report);
    }
}
