package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Story;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Every command as a person types it, through the launcher, against the three services and what they watch. */
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandLineIT {
    private static final String CLUSTER = "demo";
    private static final String TOKEN = "a-token-of-the-test";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path HOME = Installation.find().home();

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

    /** What zsh makes of a line when the tabulator is pressed shows only at a terminal; zsh brings one of its own. */
    private static final String ZSH_AT_A_TERMINAL =
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            await() { local seen; zpty -r -m shell seen "*$1*" && print -r -- "$1" }
            zpty -w shell "autoload -U +X compinit && compinit -u -D; source <(./shardsync completion zsh); echo rea''dy"
            await ready
            for pair in "st:status" "command mo:move-shard" "watch rec:recovery.result" "status --he:--health" \\
                "status --health no:no_primary" "sandbox --n:--nodes"; do
              zpty -w -n shell "./shardsync ${pair%%:*}"$'\\t\\t'
              await "${pair#*:}"
              zpty -w -n shell $'\\x15'
            done
            """;

    private final Map<String, String> environment = new HashMap<>();
    private Sandbox sandbox;
    private Deployment deployment;
    private Path folder;
    private Path config;

    @BeforeAll
    void deploy(Sandbox given, @TempDir Path temporary) throws IOException {
        folder = temporary;
        // What comes before the integration tests has built everything; the launcher should not build it again
        // meanwhile.
        Path stamp = HOME.resolve("e2e/target/.built");
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now()));
        sandbox = given;
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        settings.put("healing.mode", "off");
        settings.put("http.token", TOKEN);
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        Story.createIndices(sandbox);
        config = Files.writeString(
                folder.resolve("shardsync.properties"),
                "kafka.bootstrap.servers=" + sandbox.kafka().bootstrap() + "\nclusters=" + CLUSTER + "\n");
        environment.put("SHARDSYNC_URL", deployment.address().toString());
    }

    @AfterAll
    void undeploy() {
        if (deployment != null) {
            deployment.stop();
        }
    }

    @Test
    @Order(1)
    void whereEverythingIsInSyncTheAnswersAreZero() {
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            Ended status = type("status", "--all");
            assertThat(status.code()).as(status.toString()).isZero();
            assertThat(status.out()).contains("demo/orders/0").contains("demo/users/1");
        });
        assertThat(type("status").out()).containsPattern("All \\d shards are in sync.");
        Ended shard = type("status", "demo/orders/0");
        assertThat(shard.code()).isZero();
        assertThat(shard.out())
                .containsPattern("demo/orders/0 +in sync .* nothing")
                .contains("last in sync now");
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            Ended alerts = type("alerts");
            assertThat(alerts.code()).as(alerts.toString()).isZero();
            assertThat(alerts.out()).contains("No alert fires.");
        });
        assertThat(type("recoveries").code()).isZero();
    }

    @Test
    @Order(2)
    void whatIsNotThereIsSaidNotToBeThere() {
        assertThat(type("status", "--index", "odrers").code()).isEqualTo(2);
        assertThat(type("status", "--cluster", "nowhere").err()).contains("allowed: demo");
        assertThat(type("status", "demo/orders/99").code()).isEqualTo(2);
        assertThat(type("recoveries", UUID.randomUUID().toString()).code()).isEqualTo(2);
        assertThat(type(
                                "status",
                                "--url",
                                "http://127.0.0.1:" + Sandbox.freePorts(1).get(0))
                        .code())
                .isEqualTo(3);
        Ended unknown = type("nonsense");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("'nonsense' is no command");
    }

    @Test
    @Order(3)
    void aChangeNeedsTheToken() throws IOException {
        Ended without = type("command", "diagnose", "--wait");
        assertThat(without.code()).isEqualTo(4);
        assertThat(without.err()).contains("SHARDSYNC_TOKEN_FILE");

        environment.put(
                "SHARDSYNC_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), TOKEN).toString());
        Ended with = type("command", "diagnose", "--wait", "--reason", "looking");
        assertThat(with.code()).as(with.toString()).isZero();
        assertThat(with.out()).contains("DIAGNOSE on demo");
    }

    @Test
    @Order(4)
    void aFaultIsSeenPlannedHealedAndProven() {
        // Given
        sandbox.http()
                .createIndex(
                        "invoices",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 1,
                                "routing.allocation.enable", "primaries"));

        // Then
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            Ended alerts = type("alerts", "--name", "ReplicasUnassigned");
            assertThat(alerts.code()).as(alerts.toString()).isEqualTo(10);
            assertThat(alerts.out()).contains("unassigned in demo: switch_off");
        });
        Ended status = type("status");
        assertThat(status.code()).isEqualTo(10);
        assertThat(status.out()).containsPattern("demo/invoices/0 +degraded .* unassigned");
        assertThat(json(type("status", "--json"))
                        .path("shards")
                        .get(0)
                        .path("index")
                        .asText())
                .isEqualTo("invoices");

        // When
        Ended plan = type("command", "recover", "--dry-run", "--wait");

        // Then
        assertThat(plan.code()).as(plan.toString()).isZero();
        assertThat(plan.out())
                .contains("index_allocation_off")
                .contains("would be called")
                .contains("PUT /invoices/_settings");
        assertThat(type("status").code()).as("a dry run changes nothing").isEqualTo(10);

        // When
        Ended healed = type("command", "recover", "--reason", "forgotten", "--wait", "--timeout", "2m");

        // Then
        assertThat(healed.code()).as(healed.toString()).isZero();
        assertThat(healed.out()).contains("succeeded  RECOVER on demo").contains(", verified");
        assertThat(healed.err()).doesNotContain("\u001b").contains("succeeded: ");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(type("status").code()).isZero());
    }

    @Test
    @Order(5)
    void copiesAreProvenEqual() {
        // Given an index that never had a document
        Ended empty = type("verify", "orders");
        assertThat(empty.code()).as(empty.toString()).isZero();
        assertThat(empty.out()).contains("consistent: demo/orders, 100 % compared");

        // When
        sandbox.http().index("orders", "1", "{\"n\":1}");
        sandbox.http().index("orders", "2", "{\"n\":2}");

        // Then
        Ended proven = type("verify", "orders");
        assertThat(proven.code()).as(proven.toString()).isZero();
        assertThat(proven.out()).contains("consistent: demo/orders, 100 % compared");
        JsonNode report = json(type("verify", "orders", "--shard", "0", "--depth", "content", "--json"));
        assertThat(report.path("verdict").asText()).isEqualTo("consistent");
    }

    @Test
    @Order(6)
    void aCommandCanBeFollowedLater() {
        Ended sent = type("command", "recover", "--json");
        String id = json(sent).path("command_id").asText();
        Ended followed = type("recoveries", id, "--wait");
        assertThat(followed.code()).as(followed.toString()).isZero();
        assertThat(followed.out()).contains(id).contains("nothing to do");
        assertThat(type("recoveries", id).out()).contains("nothing to do");
        assertThat(type("recoveries").out()).contains(id);
    }

    @Test
    @Order(7)
    void whatTheActuatorRefusesHasACodeOfItsOwn() {
        Ended moved = type(
                "command",
                "move-shard",
                "--index",
                "orders",
                "--shard",
                "0",
                "--node",
                "n9",
                "--target-node",
                "n1",
                "--wait",
                "--timeout",
                "1m");
        assertThat(moved.code()).as(moved.toString()).isIn(20, 21, 22);
        assertThat(moved.out()).contains("MOVE_SHARD on demo/orders/0");
    }

    @Test
    @Order(8)
    void withAConfigurationItGoesStraightToKafka() {
        environment.remove("SHARDSYNC_TOKEN_FILE");
        String id = UUID.randomUUID().toString();
        Ended first = type("command", "diagnose", "--config", config.toString(), "--id", id, "--wait");
        assertThat(first.code()).as(first.toString()).isZero();
        assertThat(first.out()).contains("DIAGNOSE on demo").contains(id);
        Ended again = type("command", "diagnose", "--config", config.toString(), "--id", id, "--wait");
        assertThat(again.code())
                .as("an id is executed once, and answered as often as it is asked")
                .isZero();
        Ended elsewhere = type("command", "diagnose", "--config", config.toString(), "--cluster", "nowhere");
        assertThat(elsewhere.code()).isEqualTo(2);
        Ended nobody = type(
                "command",
                "diagnose",
                "--set",
                "kafka.bootstrap.servers=127.0.0.1:" + Sandbox.freePorts(1).get(0),
                "--cluster",
                "demo");
        assertThat(nobody.code()).isEqualTo(3);
        assertThat(nobody.err()).contains("no answer");
    }

    @Test
    @Order(9)
    void recordsAreWatchedAsTheyComeAndAsTheyAre() throws IOException, InterruptedException {
        String set = "kafka.bootstrap.servers=" + sandbox.kafka().bootstrap();
        Ended results = type("watch", "recovery.result", "--set", set, "--from", "beginning", "--once", "--json");
        assertThat(results.code()).isZero();
        assertThat(results.out().lines().map(CommandLineIT::read))
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(line.has("problem")).as(line.toString()).isFalse())
                .anyMatch(line -> line.path("value").path("status").asText().equals("succeeded"));
        Ended coming = type("watch", "cluster.snapshot", "--config", config.toString(), "--count", "2", "--for", "1m");
        assertThat(coming.code()).as(coming.toString()).isZero();
        assertThat(coming.out()).contains("shardsync.cluster.snapshot.v1").contains("\"view\" : \"master\"");
        assertThat(type("watch", "dead-letter", "--set", set, "--count", "1", "--for", "1s")
                        .code())
                .isEqualTo(5);

        // And whoever has seen enough may leave
        Ended left = shell("./shardsync watch replication.status --from beginning --config '" + config + "' | head -1");
        assertThat(left.code()).isZero();
        assertThat(left.out()).contains("shardsync.replication.status.v1");
    }

    @Test
    @Order(10)
    void theShellCompletesCommandsOptionsAndValues() throws IOException, InterruptedException {
        assertThat(completed("./shardsync", "")).contains("status", "verify", "demo", "actuator");
        assertThat(completed("./shardsync", "status", "--he")).contains("--health", "--help");
        assertThat(completed("./shardsync", "watch", "rec")).contains("recovery.result", "recovery.command");
        assertThat(completed("./shardsync", "command", "mo")).contains("move-shard");
        assertThat(completed("./shardsync", "sandbox", "--")).contains("--nodes", "--brokers");
    }

    @Test
    @Order(11)
    void whatIsCompletedForTheOthersIsWhatTheyUnderstand() {
        Map.of(
                        "demo", List.of("--once", "--port"),
                        "sandbox", List.of("--nodes", "--brokers", "--json"),
                        "collector", List.of("--config", "--set", "--check"))
                .forEach((command, options) ->
                        assertThat(type(command, "--help").out()).contains(options));
    }

    @Tag("long")
    @Test
    @Order(14)
    void aCopyThatLostDocumentsIsNamedToldAndRebuilt() {
        // Given
        environment.put("SHARDSYNC_TOKEN_FILE", folder.resolve("token").toString());
        sandbox.http()
                .createIndex(
                        "ledger",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 0,
                                "unassigned.node_left.delayed_timeout", "5m"));
        StringBuilder bulk = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            bulk.append("{\"index\":{\"_id\":\"")
                    .append(i)
                    .append("\"}}\n{\"n\":")
                    .append(i)
                    .append("}\n");
        }
        sandbox.http().post("/ledger/_bulk", bulk.toString());
        sandbox.http().post("/ledger/_flush", null);
        sandbox.http().put("/ledger/_settings", "{\"index.number_of_replicas\":1}");
        sandbox.http().awaitHealth("green", PATIENCE);
        String node = "";
        for (JsonNode copy : sandbox.http().get("/_cat/shards/ledger?format=json")) {
            node = copy.path("prirep").asText().equals("r") ? copy.path("node").asText() : node;
        }
        try (Faults faults = new Faults(sandbox)) {
            faults.apply(DivergeReplica.losing(node, "ledger", 0, List.of("5", "77")));
        }

        // When
        Ended found = type("verify", "ledger");

        // Then
        assertThat(found.code()).as(found.toString()).isEqualTo(10);
        assertThat(found.out()).contains("divergent: demo/ledger", "77");
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            Ended alerts = type("alerts", "--name", "CopiesDiverge");
            assertThat(alerts.code()).as(alerts.toString()).isEqualTo(10);
            assertThat(alerts.out()).contains("differ in 2 documents");
        });

        // When
        Ended rebuilt =
                type("command", "resync-replica", "--index", "ledger", "--shard", "0", "--wait", "--timeout", "2m");

        // Then
        assertThat(rebuilt.code()).as(rebuilt.toString()).isZero();
        assertThat(rebuilt.out()).contains("compared afterwards: consistent");
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
            Ended alerts = type("alerts", "--name", "CopiesDiverge");
            assertThat(alerts.code()).as(alerts.toString()).isZero();
        });
    }

    @Test
    @Order(12)
    void zshCompletesThemToo() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Run.has("zsh"), "skipped: there is no zsh; with Debian, 'apt-get install zsh' brings it");
        // Given: a person at a terminal, who types the first word and presses the tabulator
        Path script = Files.writeString(folder.resolve("complete.zsh"), ZSH_AT_A_TERMINAL);

        // When
        Ended ended = run(List.of("timeout", "60", "zsh", "-f", script.toString()));

        // Then
        assertThat(ended.out().lines())
                .as(ended.toString())
                .containsExactly(
                        "ready", "status", "move-shard", "recovery.result", "--health", "no_primary", "--nodes");
    }

    @Tag("long")
    @Test
    @Order(13)
    void whatThePagesShowRunsAsWritten() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Run.has("jq"), "skipped: there is no jq; with Debian, 'apt-get install jq' brings it");
        // Given: a folder of somebody's own with the launcher, a configuration and a token in it
        Files.createSymbolicLink(folder.resolve("shardsync"), HOME.resolve("shardsync"));
        environment.put(
                "SHARDSYNC_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), TOKEN).toString());
        sandbox.http().index("orders", "1", "{\"n\":1}");
        sandbox.http().index("orders", "2", "{\"n\":2}");
        List<Path> pages = new ArrayList<>(List.of(HOME.resolve("README.md"), HOME.resolve("docs/cli.md")));
        try (Stream<Path> runbooks = Files.list(HOME.resolve("docs/runbooks"))) {
            runbooks.sorted().forEach(pages::add);
        }

        // When
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        for (Path page : pages) {
            for (String block : BLOCK.matcher(Files.readString(page))
                    .results()
                    .map(match -> match.group(1))
                    .toList()) {
                List<String> typed = asTyped(block);
                lines += typed.size();
                wrong.addAll(ranWrongly(HOME.relativize(page) + "", typed));
            }
        }

        // Then
        assertThat(wrong).isEmpty();
        assertThat(lines).isGreaterThan(60);
    }

    /** Without what runs for ever and what other tests run; with what is different here. */
    private List<String> asTyped(String block) throws IOException {
        String collectorPort = Files.readAllLines(sandbox.folder().resolve("collector/collector.properties")).stream()
                .filter(line -> line.startsWith("http.port="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElseThrow();
        return block.replace("\\\n", " ")
                .lines()
                .filter(line -> !line.isBlank())
                .filter(line ->
                        !line.matches("(mvn|\\./shardsync (demo|sandbox|collector|processor|actuator)) .*|mvn .*"))
                .map(line -> line.matches("(?!.*--(once|count|for)).*/shardsync watch .*") ? "timeout 5 " + line : line)
                .map(line -> line.replace("127.0.0.1:9092", sandbox.kafka().bootstrap())
                        .replace("http://127.0.0.1:8080", deployment.address().toString())
                        .replace("127.0.0.1:8081", "127.0.0.1:" + collectorPort)
                        .replaceAll("\\bprod\\b", CLUSTER))
                .toList();
    }

    private List<String> ranWrongly(String page, List<String> typed) throws IOException, InterruptedException {
        Path codes = Files.createTempFile(folder, "codes", "");
        StringBuilder script = new StringBuilder("set -o pipefail\ncd '" + folder + "'\n");
        typed.forEach(line -> script.append(line).append("\necho $? >>'" + codes + "'\n"));
        Ended ended = shell(script.toString());
        List<String> ends = Files.readAllLines(codes);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < typed.size(); i++) {
            String code = i < ends.size() ? ends.get(i) : "never";
            // Stopped from outside; or told that something is not well, or what became of a command.
            String allowed = typed.get(i).startsWith("timeout") ? "0|124" : "0|10|11|2[0-4]";
            if (!code.matches(allowed)) {
                wrong.add(page + ": " + typed.get(i) + " ended with " + code + ": " + ended);
            }
        }
        return wrong;
    }

    private List<String> completed(String... words) throws IOException, InterruptedException {
        String last = String.valueOf(words.length - 1);
        Ended ended = shell("source <(./shardsync completion bash); COMP_WORDS=('" + String.join("' '", words)
                + "'); COMP_CWORD=" + last + "; _complete_shardsync; printf '%s\\n' \"${COMPREPLY[@]}\"");
        assertThat(ended.code()).as(ended.toString()).isZero();
        return ended.out().lines().map(String::strip).toList();
    }

    private record Ended(int code, String out, String err) {}

    private Ended type(String... words) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("shardsync").toString()));
        command.addAll(List.of(words));
        try {
            return run(command);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Ended shell(String line) throws IOException, InterruptedException {
        return run(List.of("bash", "-o", "pipefail", "-c", line));
    }

    private Ended run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().remove("SHARDSYNC_TOKEN");
        if (!environment.containsKey("SHARDSYNC_TOKEN_FILE")) {
            builder.environment().remove("SHARDSYNC_TOKEN_FILE");
        }
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(command + " has not ended: " + Files.readString(err));
        }
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static JsonNode json(Ended ended) {
        return read(ended.out());
    }

    private static JsonNode read(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + json, e);
        }
    }
}
