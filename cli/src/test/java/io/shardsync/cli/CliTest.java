package io.shardsync.cli;

import io.shardsync.cli.Stage.Ended;
import io.shardsync.cli.print.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static io.shardsync.cli.Stage.example;
import static org.assertj.core.api.Assertions.assertThat;

class CliTest {
    private static final String ID = "5f0f6c1e-8a53-4a6e-9f5e-0d3a7a8f1b11";
    private static final String CHECK_ID = "2f9d3c11-77aa-4b62-8f70-b1d7a9b5a003";
    private static final String WATCHDOG = example("alert.v1", "replicas-unassigned")
            .replace("\"ReplicasUnassigned\"", "\"Watchdog\"")
            .replace("\"8d1f0c3a5be27746\"", "\"00000000000000aa\"")
            .replace("\"warning\"", "\"none\"")
            .replace("2026-11-23T02:15:20.123Z", "2026-11-23T03:59:30Z");

    private final Stage stage = new Stage();

    @AfterEach
    void stop() {
        stage.close();
    }

    @Test
    void everythingInSyncEndsWithZero() {
        stage.answering("GET /clusters", clusters(3, 3, 0, true)).answering("GET /shards/replication", page());

        Ended ended = stage.type("status");

        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("All 3 shards are in sync.")
                .contains("yellow")
                .contains("n3");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void whatIsNotInSyncIsSaidWithTheReasonAndEndsWithTen() {
        stage.answering("GET /clusters", clusters(3, 1, 0, true))
                .answering(
                        "GET /shards/replication",
                        page(
                                example("replication.status.v1", "degraded"),
                                example("replication.status.v1", "recovering")));

        Ended ended = stage.type("status");

        assertThat(ended.code()).isEqualTo(10);
        assertThat(ended.out())
                .containsPattern(
                        "(?m)prod/orders/0 +degraded +1 h 47 min +n3 +- +unassigned +2.8 MiB +node_left, its node may"
                                + " come back$")
                .containsPattern("prod/orders/0 +recovering .* n2 +recovering +10.5 MiB +built from n3, 16.5 %")
                .contains("2 of 3 shards are not in sync.");
        assertThat(stage.asked().get(1).query())
                .isEqualTo("health=no_primary%2Cunknown%2Cdegraded%2Crecovering%2Clagging&limit=50");
    }

    @Test
    void whatCanNotBeSeenIsNotSaidToBeInSync() {
        // Given: shards that were in sync, in a cluster that has been out of sight since.
        stage.answering("GET /clusters", clusters(3, 3, 0, false)).answering("GET /shards/replication", page());
        assertThat(stage.type("status").code()).isEqualTo(11);
    }

    @Test
    void aShardOfWhichNothingIsKnownIsUnknown() {
        stage.answering("GET /clusters", clusters(3, 2, 1, true)).answering("GET /shards/replication", page());
        assertThat(stage.type("status").code()).isEqualTo(11);
    }

    @Test
    void noClusterAtAllIsUnknown() {
        stage.answering("GET /clusters", "{\"clusters\":[]}").answering("GET /shards/replication", page());
        Ended ended = stage.type("status");
        assertThat(ended.code()).isEqualTo(11);
        assertThat(ended.out()).contains("No cluster has been seen yet");
    }

    @Test
    void aMisspeltNameIsNoGoodNews() {
        stage.answering("GET /clusters", clusters(3, 3, 0, true)).answering("GET /shards/replication", page());
        Ended byCluster = stage.type("status", "--cluster", "pord");
        Ended byIndex = stage.type("status", "--index", "odrers");
        assertThat(byCluster.code()).isEqualTo(2);
        assertThat(byCluster.err()).contains("no cluster 'pord' is known, allowed: prod");
        assertThat(byIndex.code()).isEqualTo(2);
        assertThat(byIndex.err()).contains("no index is called 'odrers'");
    }

    @Test
    void onlyAsManyShardsAsAskedForAreFetchedAndTheRestIsMentioned() {
        stage.answering("GET /clusters", clusters(3, 1, 0, true))
                .answering(
                        "GET /shards/replication",
                        page(example("replication.status.v1", "degraded"))
                                .replace("\"cursor\":null", "\"cursor\":\"more\""));
        Ended ended = stage.type("status", "--limit", "1");
        assertThat(ended.out()).contains("… and more; --limit N or --all shows them");
        assertThat(stage.asked()).hasSize(2);
    }

    @Test
    void aListThatHasNoEndIsRefused() {
        stage.answering("GET /clusters", clusters(3, 1, 0, true))
                .answering("GET /shards/replication", "{\"shards\":[],\"cursor\":\"more\"}");
        Ended ended = stage.type("status", "--all");
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).contains("goes on at 'more'");
    }

    @Test
    void aListWithNothingInItsPlacesIsRefused() {
        stage.answering(
                "GET /clusters",
                clusters(3, 1, 0, true).replaceFirst("\"switches\": ?\\[[^]]*]", "\"switches\":[null]"));
        Ended ended = stage.type("status");
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).contains("switches");
    }

    @Test
    void programsGetWhatTheServerSaid() {
        stage.answering("GET /clusters", clusters(3, 1, 0, true))
                .answering(
                        "GET /shards/replication",
                        page(example("replication.status.v1", "degraded")
                                .replace("\"shard\": 0,", "\"shard\": 0, \"of_a_later_version\": 7,")));
        Ended ended = stage.type("status", "--json");
        assertThat(ended.code()).isEqualTo(10);
        assertThat(ended.out()).contains("\"of_a_later_version\" : 7").contains("\"complete\" : true");
    }

    @Test
    void anAlertIsToldWithCauseAndWhatToDo() {
        stage.answering("GET /alerts", alerts(example("alert.v1", "replicas-unassigned"), WATCHDOG));
        Ended ended = stage.type("alerts");
        assertThat(ended.code()).isEqualTo(10);
        assertThat(ended.out())
                .contains("warning  ReplicasUnassigned  prod  firing, began 1 h 46 min ago")
                .contains("because   too few nodes: every remaining node already holds a copy of the shard")
                .contains("healing   suggest: dry run sent")
                .contains("to do     bring n2 back or add a data node")
                .doesNotContain("Watchdog");
        assertThat(stage.type("alerts", "--severity", "critical").code()).isZero();
        assertThat(ended.out()).contains("runbook   https://shardsync.io/runbooks/ReplicasUnassigned");
        assertThat(stage.type("alerts", "--brief").out()).containsPattern("warning +ReplicasUnassigned +prod +firing");
    }

    @Test
    void aRunbookOfTheRepositoryIsFoundWithTheProcessor() {
        stage.answering(
                "GET /alerts",
                alerts(example("alert.v1", "replicas-unassigned")
                        .replace(
                                "https://shardsync.io/runbooks/ReplicasUnassigned",
                                "docs/runbooks/ReplicasUnassigned.md")));
        assertThat(stage.type("alerts").out()).contains("runbook   " + stage.url() + "/runbooks/ReplicasUnassigned.md");
    }

    @Test
    void whatAMaintenanceWindowExplainsIsListedAndDoesNotCount() {
        stage.answering("GET /alerts", alerts(example("alert.v1", "per-shard-silenced"), WATCHDOG));
        Ended ended = stage.type("alerts");
        assertThat(ended.out()).contains("firing, silenced");
        assertThat(ended.code()).isZero();
    }

    @Test
    void silenceWithoutAWatchmanIsUnknown() {
        stage.answering("GET /alerts", alerts());
        Ended never = stage.type("alerts");
        assertThat(never.code()).isEqualTo(11);
        assertThat(never.err()).contains("the Watchdog does not fire: nobody judges");

        stage.answering("GET /alerts", alerts(WATCHDOG.replace("03:59:30Z", "02:59:30Z")));
        stage.type("alerts");
        Ended longAgo = stage.type("alerts");
        assertThat(longAgo.code()).isEqualTo(11);
        assertThat(longAgo.err()).contains("the Watchdog was last heard 61 min ago");
        assertThat(stage.type("alerts", "--watchdog-within", "2h").code()).isZero();
    }

    @Test
    void anAlertOfAClusterOutOfSightIsUnknown() {
        stage.answering(
                "GET /alerts",
                alerts(example("alert.v1", "replicas-unassigned").replace("\"firing\"", "\"unknown\""), WATCHDOG));
        assertThat(stage.type("alerts").code()).isEqualTo(11);
    }

    @Test
    void aRecoveryThatStandsStillEndsWithTen() {
        String running = "{\"recoveries\":[{\"cluster\":\"prod\",\"index\":\"orders\",\"shard\":0,\"progress\":"
                + "{\"recovery_id\":\"x\",\"type\":\"PEER\",\"stage\":\"INDEX\",\"source_node\":\"n3\",\"target_node\":\"n2\","
                + "\"started_at\":null,\"at\":\"2026-11-23T03:59:59Z\",\"bytes_total\":100,\"bytes_remaining\":60,"
                + "\"percent\":40.0,\"bytes_per_second\":1048576,\"eta_ms\":4000,\"stalled_ms\":0,\"mode\":\"file_based\"}}],"
                + "\"commands\":[" + example("recovery.result.v1", "healed") + "]}";
        stage.answering("GET /shards/recovery/status", running)
                .answering("GET /shards/recovery/status", running.replace("\"stalled_ms\":0", "\"stalled_ms\":45000"));

        Ended moving = stage.type("recoveries");
        Ended still = stage.type("recoveries");

        assertThat(moving.code()).isZero();
        assertThat(moving.out())
                .containsPattern("prod/orders/0 +n3 +n2 +index +\\[########\\.+] +40.0 % +60 B +1.0 MiB/s +4 s")
                .containsPattern(
                        ID + " +RECOVER +prod +succeeded +1 h 45 min +shardsync-processor +allocation is back on");
        assertThat(still.code()).isEqualTo(10);
        assertThat(still.out()).contains("stalled for 45 s");
    }

    @Test
    void aDryRunShowsTheCallsThatWouldBeMade() {
        accepted();
        String sent = "{\"command_id\":\"" + ID + "\",\"status\":\"sent\",\"type\":\"RECOVER\",\"cluster\":\"prod\"}";
        stage.answering("GET /shards/recovery/" + ID, 404, "{\"detail\":\"no command is known\"}")
                .answering("GET /shards/recovery/" + ID, sent)
                .answering("GET /shards/recovery/" + ID, result("dry_run"));

        Ended ended = stage.type("command", "recover", "--cluster", "prod", "--dry-run", "--wait");

        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("dry run  RECOVER on prod/orders/0, dry run  by shardsync-processor")
                .contains("would be called")
                .contains("PUT /_cluster/settings {\"persistent\":{\"cluster.routing.allocation.enable\":null}}")
                .contains("touches orders/0 replica, orders/1 replica");
        assertThat(ended.err().lines())
                .containsExactly("sent; no actuator has taken it yet", "dry run: 1 call would be made");
        assertThat(stage.asked().get(0).body())
                .contains("\"type\":\"RECOVER\"")
                .contains("\"dry_run\":true")
                .contains("\"cluster\":\"prod\"");
    }

    @ParameterizedTest
    @CsvSource({
        "succeeded, 0",
        "nothing_to_do, 0",
        "dry_run, 0",
        "failed, 20",
        "held, 21",
        "rejected, 22",
        "expired, 23",
        "cancelled, 24"
    })
    void aScriptIsToldHowACommandEnded(String status, int code) {
        accepted();
        stage.answering("GET /shards/recovery/" + ID, result(status));
        assertThat(stage.type("command", "RECOVER", "--wait").code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"running", "accepted", "awaiting_approval"})
    void whoeverWaitsLongEnoughIsToldHowToGoOnWaiting(String status) {
        accepted();
        stage.answering("GET /shards/recovery/" + ID, result(status));
        Ended ended = stage.type("command", "recover", "--wait", "--timeout", "700ms");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.err()).contains("it goes on. Follow it:  shardsync recoveries " + ID + " --wait");
    }

    @Test
    void aProcessorThatIsRestartedMeanwhileIsWaitedFor() {
        accepted();
        stage.answering("GET /shards/recovery/" + ID, 503, "{\"detail\":\"the state is still being read from Kafka\"}")
                .answering("GET /shards/recovery/" + ID, result("succeeded"));
        Ended ended = stage.type("command", "recover", "--wait");
        assertThat(ended.code()).isZero();
        assertThat(ended.err()).contains("trying on: the processor at " + stage.url() + " is not ready");
    }

    @Test
    void withoutWaitingItIsSaidHowToFollow() {
        accepted();
        Ended ended = stage.type("command", "recover");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("follow it:  shardsync recoveries " + ID + " --wait");
        assertThat(stage.asked()).hasSize(1);
    }

    @Test
    void copiesThatDivergeEndWithTenAndAreNamed() {
        checked();
        stage.answering(
                "GET /shards/consistency/orders",
                "{\"reports\":[" + example("consistency.report.v1", "divergent") + "]}");
        Ended ended = stage.type("verify", "orders");
        assertThat(ended.code()).isEqualTo(10);
        assertThat(ended.out())
                .containsPattern("orders/0 +n3 +primary +4,900 +1.2 MiB +b5e1f0a2 +consistent")
                .containsPattern("orders/0 +n1 +replica +4,897 .* +divergent +3 missing: 101, 1202, 3303")
                .contains("divergent: prod/orders, 100 % compared, took 2500 ms");
    }

    @Test
    void aCheckThatCouldNotTellEndsWithElevenAndAnEqualOneWithZero() {
        checked();
        String report = example("consistency.report.v1", "divergent");
        stage.answering(
                        "GET /shards/consistency/orders",
                        "{\"reports\":[" + report.replace("divergent", "inconclusive") + "]}")
                .answering(
                        "GET /shards/consistency/orders",
                        "{\"reports\":[" + report.replace("divergent", "consistent") + "]}");
        assertThat(stage.type("verify", "orders").code()).isEqualTo(11);
        assertThat(stage.type("verify", "orders").code()).isZero();
        assertThat(stage.type("verify", "orders", "--shard", "7").code()).isEqualTo(11);
    }

    @Test
    void aCheckThatFailedIsNoVerdict() {
        stage.answering(
                        "POST /shards/consistency/orders",
                        202,
                        "{\"command_id\":\"" + ID + "\",\"command\":"
                                + example("recovery.command.v1", "recover-by-cause") + "}")
                .answering("GET /shards/recovery/" + ID, result("failed"));
        assertThat(stage.type("verify", "orders").code()).isEqualTo(20);
    }

    @Test
    void theTokenComesFromAFileOrTheEnvironmentAndNeverFromAnArgument(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "from-a-file\n");
        accepted();

        stage.type("command", "recover");
        stage.with("SHARDSYNC_TOKEN", "from-the-environment").type("command", "recover");
        stage.with("SHARDSYNC_TOKEN_FILE", file.toString()).type("command", "recover");
        stage.type("command", "recover", "--token-file", file.toString());

        assertThat(stage.asked())
                .extracting(Stage.Asked::authorization)
                .containsExactly(null, "Bearer from-the-environment", "Bearer from-a-file", "Bearer from-a-file");
        Ended asArgument = stage.type("command", "recover", "--token", "secret");
        assertThat(asArgument.code()).isEqualTo(2);
        assertThat(asArgument.err()).contains("--token");
    }

    @Test
    void aTokenTravelsOnlyWithChanges() {
        stage.with("SHARDSYNC_TOKEN", "secret").answering("GET /alerts", alerts(WATCHDOG));
        assertThat(stage.type("alerts").code()).isZero();
        assertThat(stage.asked().get(0).authorization()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"401, 4", "403, 4", "400, 2", "404, 2", "409, 2", "503, 3", "500, 3", "302, 3"})
    void aRefusalIsToldInTheServersWordsAndByItsKind(int status, int code) {
        stage.answering("POST /shards/recovery", status, "{\"detail\":\"the server's own words\"}");
        Ended ended = stage.type("command", "recover");
        assertThat(ended.code()).isEqualTo(code);
        assertThat(ended.err()).contains("the server's own words");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void whoeverAnswersWithAPageIsNoProcessor() {
        stage.answering("GET /alerts", "<html>welcome</html>");
        Ended ended = stage.type("alerts");
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).contains("is no processor");
    }

    @Test
    void nobodyThereIsUnreachable() {
        stage.close();
        Ended ended = stage.type("status");
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err())
                .contains("no processor answers at " + stage.url())
                .contains("SHARDSYNC_URL");
    }

    @Test
    void theEnvironmentNamesTheProcessor() {
        stage.answering("GET /alerts", alerts(WATCHDOG));
        assertThat(Stage.run(Terminal.NONE, Map.of("SHARDSYNC_URL", stage.url() + "/"), "alerts")
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "status --url ftp://somewhere, address",
        "status --limit 0, --limit",
        "status nonsense, cluster/index/shard",
        "status prod/orders/0 --all, go without",
        "alerts --severity dreadful, dreadful",
        "recoveries --wait, COMMAND_ID",
        "command, TYPE",
        "command heal, allowed: diagnose",
        "command recover --timeout 10, allowed: a whole number",
        "command recover --url http://x:1 --config y, two ways",
        "verify, INDEX",
        "watch alert, kafka.bootstrap.servers",
        "watch alert --set kafka.bootstrap.servers=x:1 --from yesterday, no place in a topic",
        "watch alrt --set kafka.bootstrap.servers=x:1, allowed: shard.snapshot",
        "completion fish, allowed: bash",
        "nonsense, nonsense",
        "status --nonsense, --nonsense"
    })
    void aWrongCommandLineIsExplained(String typed, String explanation) {
        Ended ended = Stage.run(Terminal.NONE, Map.of(), typed.split(" "));
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains(explanation);
        assertThat(ended.out()).isEmpty();
    }

    private void accepted() {
        stage.answering(
                "POST /shards/recovery",
                202,
                "{\"command_id\":\"" + ID + "\",\"command\":"
                        + example("recovery.command.v1", "recover-by-cause")
                                .replaceAll("(\"command_id\": \")[^\"]+", "$1" + ID)
                        + "}");
    }

    private void checked() {
        stage.answering(
                        "POST /shards/consistency/orders",
                        202,
                        "{\"command_id\":\"" + CHECK_ID + "\",\"command\":"
                                + example("recovery.command.v1", "recover-by-cause")
                                        .replaceAll("(\"command_id\": \")[^\"]+", "$1" + CHECK_ID)
                                + "}")
                .answering("GET /shards/recovery/" + CHECK_ID, result("succeeded"));
    }

    private static String result(String status) {
        return example("recovery.result.v1", "dry-run")
                .replace("\"status\": \"dry_run\"", "\"status\": \"" + status + "\"");
    }

    private static String page(String... shards) {
        return "{\"shards\":[" + String.join(",", shards) + "],\"cursor\":null}";
    }

    private static String alerts(String... alerts) {
        return "{\"alerts\":[" + String.join(",", List.of(alerts)) + "]}";
    }

    private static String clusters(int shards, int inSync, int unknown, boolean reachable) {
        String facts = example("cluster.snapshot.v1", "node-lost")
                .strip()
                .replaceAll("\"reachable\": \\w+", "\"reachable\": " + reachable);
        return "{\"clusters\":[" + facts.substring(0, facts.length() - 1)
                + ",\"replication\":{\"shards\":" + shards
                + ",\"health\":{\"no_primary\":0,\"unknown\":" + unknown + ",\"degraded\":"
                + (shards - inSync - unknown)
                + ",\"recovering\":0,\"lagging\":0,\"in_sync\":" + inSync + "},\"lag_ops\":0,\"lag_bytes\":0,"
                + "\"lag_bytes_sum\":0,\"lag_unknown\":0,\"recoveries\":0},\"healing_paused\":false,"
                + "\"in_maintenance\":false,\"retired\":false}]}";
    }
}
