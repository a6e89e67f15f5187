package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.demo.Deployment;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.topic.Json;

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
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A real Prometheus that scrapes running services each second, with the configuration and the rules that are shipped.
 */
final class Prometheus implements AutoCloseable {
    static final Path SHIPPED = Path.of("../deploy/prometheus");
    private static final Path DASHBOARD = Path.of("../deploy/grafana/shardsync-dashboard.json");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, URI> services = new HashMap<>();
    private final Instant began = Instant.now();
    private final URI address;
    private final Process process;

    Prometheus(Path folder, Deployment deployment) throws IOException {
        for (JavaService service : deployment.all().toList()) {
            services.put(service.name(), listening(service));
        }
        int port = Sandbox.freePorts(1).get(0);
        address = URI.create("http://127.0.0.1:" + port);
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config(folder),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    static boolean isInstalled() {
        return Run.has("prometheus") && Run.has("promtool");
    }

    /** Where a service listens, as its configuration says. */
    private static URI listening(JavaService service) throws IOException {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(service.home().resolve(service.name() + ".properties"))) {
            settings.load(file);
        }
        return URI.create("http://127.0.0.1:" + settings.getProperty("http.port"));
    }

    /** The shipped one, with the addresses of this deployment and without an Alertmanager. */
    private Path config(Path folder) throws IOException {
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
                    .add(services.get(service).getAuthority());
        }
        Path file = folder.resolve("prometheus.yml");
        yaml.writeValue(file.toFile(), config);
        return file;
    }

    void awaitAllScraped() {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> query("sum(up)").at("/0/value/1").asInt() == 3);
    }

    /** Our rules that have fired since the beginning. */
    Set<String> fired() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        range("ALERTS{alertname=~\"ShardSync.*\", alertstate=\"firing\"}")
                .forEach(series -> names.add(series.at("/metric/alertname").asText()));
        return names;
    }

    /** Titles of the dashboard's panels with the expressions that have shown nothing since the beginning. */
    Set<String> emptyPanels(String cluster) throws IOException, InterruptedException {
        Set<String> empty = new TreeSet<>();
        for (JsonNode panel : Json.MAPPER.readTree(DASHBOARD.toFile()).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText().replace("$cluster", cluster);
                if (range(expression).isEmpty()) {
                    empty.add(panel.path("title").asText() + ": " + expression);
                }
            }
        }
        return empty;
    }

    /** What {@code promtool} finds wrong with our own metrics, as the services show them. */
    List<String> complaints() throws IOException, InterruptedException {
        StringBuilder metrics = new StringBuilder();
        for (URI service : services.values()) {
            String shown = get(service.resolve("/metrics"));
            assertThat(shown).contains("shardsync_");
            Run run = Run.of(shown, List.of("promtool", "check", "metrics"));
            metrics.append(run.output());
        }
        return metrics.toString()
                .lines()
                .filter(line -> line.startsWith("shardsync_") || line.startsWith("error"))
                .toList();
    }

    private JsonNode query(String expression) throws IOException, InterruptedException {
        return ask("/api/v1/query?query=" + encoded(expression), expression);
    }

    private JsonNode range(String expression) throws IOException, InterruptedException {
        return ask(
                "/api/v1/query_range?query=" + encoded(expression) + "&start=" + began + "&end=" + Instant.now()
                        + "&step=1s",
                expression);
    }

    private JsonNode ask(String path, String expression) throws IOException, InterruptedException {
        JsonNode answer = Json.MAPPER.readTree(get(address.resolve(path)));
        assertThat(answer.path("status").asText())
                .as(expression + ": " + answer)
                .isEqualTo("success");
        return answer.at("/data/result");
    }

    private static String encoded(String expression) {
        return URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
