package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A real Prometheus scrapes the running services, with the rules and the expressions of the dashboard. */
@Tag("long")
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringIT {
    private static final String CLUSTER = "demo";
    private static final Path SHIPPED = Path.of("../deploy/prometheus");
    private static final Path DASHBOARD = Path.of("../deploy/grafana/shardsync-dashboard.json");
    private static final Pattern METRIC = Pattern.compile("shardsync_[a-z_]+");

    /** Born when something happens for the first time. */
    private static final Set<String> EVENTS = Set.of(
            "shardsync_collection_errors_total", "shardsync_commands_total", "shardsync_recovery_failures_total");

    private final HttpClient http = HttpClient.newHttpClient();

    private Path folder;

    private Sandbox sandbox;
    private Deployment deployment;
    private Process prometheus;
    private URI address;

    @BeforeAll
    void start(Sandbox given, @TempDir Path temporary) throws IOException {
        sandbox = given;
        folder = temporary;
        Assumptions.assumeTrue(
                Run.has("prometheus") && Run.has("promtool"),
                "skipped: no prometheus; Debian's package prometheus brings it");
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        settings.put(
                "alerts.webhook.urls",
                "http://127.0.0.1:" + Sandbox.freePorts(1).get(0) + "/nobody");
        deployment = Deployment.prepare(sandbox, Installation.find(), CLUSTER, 0, settings);
        deployment.start();
        int port = Sandbox.freePorts(1).get(0);
        address = URI.create("http://127.0.0.1:" + port);
        prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config(),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.destroy();
            prometheus.waitFor();
        }
        if (deployment != null) {
            deployment.stop();
        }
    }

    /** The shipped configuration, with the addresses of this deployment and without an Alertmanager. */
    private Path config() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        ObjectNode config =
                (ObjectNode) yaml.readTree(SHIPPED.resolve("prometheus.yml").toFile());
        config.remove("alerting");
        ((ObjectNode) config.path("global")).put("scrape_interval", "1s").put("evaluation_interval", "1s");
        config.putArray("rule_files")
                .add(SHIPPED.resolve("shardsync-rules.yml")
                        .toAbsolutePath()
                        .normalize()
                        .toString());
        for (JsonNode job : config.path("scrape_configs")) {
            String service = job.path("job_name").asText().replace("shardsync-", "");
            ((ObjectNode) job.path("static_configs").path(0))
                    .putArray("targets")
                    .add(at(service).getAuthority());
        }
        Path file = folder.resolve("prometheus.yml");
        yaml.writeValue(file.toFile(), config);
        return file;
    }

    @Test
    void allAreScrapedAndNothingFires() {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> value("sum(up)") == 3 && value("sum(shardsync_alerts_firing{severity=\"none\"})") == 1);
        await().during(Duration.ofSeconds(10)).atMost(Duration.ofSeconds(60)).until(() -> query(
                        "ALERTS{alertname=~\"ShardSync.*\", alertstate=\"firing\"}")
                .isEmpty());
    }

    @Test
    void everyMetricThatRulesAndDashboardUseIsThere() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path file : List.of(SHIPPED.resolve("shardsync-rules.yml"), DASHBOARD)) {
            METRIC.matcher(Files.readString(file))
                    .results()
                    .map(MatchResult::group)
                    .forEach(used::add);
        }
        used.removeAll(EVENTS);
        assertThat(used).hasSizeGreaterThan(12);
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
            Set<String> missing = new TreeSet<>();
            for (String metric : used) {
                if (query(metric).isEmpty()) {
                    missing.add(metric);
                }
            }
            assertThat(missing).isEmpty();
        });
    }

    @Test
    void everyExpressionOfTheDashboardIsUnderstood() throws Exception {
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> value("vector(1)") == 1);
        for (JsonNode panel : Json.MAPPER.readTree(DASHBOARD.toFile()).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                // Fails where Prometheus can't read it.
                query(target.path("expr").asText().replace("$cluster", CLUSTER));
            }
        }
    }

    @Test
    void promtoolFindsNothingWrongWithOurMetrics() throws Exception {
        for (String service : List.of("collector", "processor", "actuator")) {
            String metrics = get(at(service).resolve("/metrics"));
            List<String> complaints = new ArrayList<>();
            Run.of(metrics, List.of("promtool", "check", "metrics"))
                    .output()
                    .lines()
                    .filter(line -> line.startsWith("shardsync_"))
                    .forEach(complaints::add);
            assertThat(metrics).contains("shardsync_");
            assertThat(complaints).isEmpty();
        }
    }

    /** Where a service listens, as its configuration says. */
    private URI at(String service) throws IOException {
        Properties settings = new Properties();
        try (Reader file =
                Files.newBufferedReader(sandbox.folder().resolve(service).resolve(service + ".properties"))) {
            settings.load(file);
        }
        return URI.create("http://127.0.0.1:" + settings.getProperty("http.port"));
    }

    private double value(String expression) throws IOException, InterruptedException {
        return Double.parseDouble(
                query(expression).path(0).path("value").path(1).asText());
    }

    private JsonNode query(String expression) throws IOException, InterruptedException {
        JsonNode answer = Json.MAPPER.readTree(
                get(address.resolve("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))));
        assertThat(answer.path("status").asText())
                .as(expression + ": " + answer)
                .isEqualTo("success");
        return answer.at("/data/result");
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
