package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Grafana would refuse, ignore or show empty, of what is shipped for it: no Grafana runs here. Its types are
 * compared with its own schema by {@code .ci/lint}, and {@link MainJobIT} asks each query of a real Prometheus.
 */
class GrafanaTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PROVISIONING = ROOT.resolve("deploy/grafana/provisioning");
    private static final String IN_THE_IMAGE = "/etc/grafana/provisioning";
    private static final YAMLMapper YAML = new YAMLMapper();

    private static final int COLUMNS = 24;
    private static final int LONGEST_UID = 40;
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)[^}]*}|(\\w+))");
    private static final Pattern LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");
    private static final Pattern GROUPED = Pattern.compile("\\bby \\(([^)]*)\\)");

    /** The keys that Grafana reads; it says nothing of others. */
    private static final Set<String> OF_A_DATASOURCE = Set.of(
            "name",
            "type",
            "access",
            "orgId",
            "uid",
            "url",
            "user",
            "database",
            "basicAuth",
            "basicAuthUser",
            "withCredentials",
            "isDefault",
            "jsonData",
            "secureJsonData",
            "version",
            "editable",
            "correlations");

    private static final Set<String> OF_A_PROVIDER = Set.of(
            "name",
            "orgId",
            "folder",
            "folderUid",
            "type",
            "disableDeletion",
            "updateIntervalSeconds",
            "allowUiUpdates",
            "editable",
            "options");

    @Test
    void theDashboardHasANameToLinkTo() throws IOException {
        assertThat(dashboard().path("title").asText()).isNotBlank();
        assertThat(dashboard().path("uid").asText())
                .hasSizeBetween(1, LONGEST_UID)
                .matches("[a-zA-Z0-9_-]+");
    }

    @Test
    void eachPanelHasAnIdAndAPlaceOfItsOwn() throws IOException {
        Set<Integer> ids = new TreeSet<>();
        Set<String> taken = new TreeSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.path("id").asInt())).as("id of " + title).isTrue();
            JsonNode place = panel.path("gridPos");
            int right = place.path("x").asInt() + place.path("w").asInt();
            int bottom = place.path("y").asInt() + place.path("h").asInt();
            assertThat(right).as("right edge of " + title).isBetween(1, COLUMNS);
            for (int x = place.path("x").asInt(); x < right; x++) {
                for (int y = place.path("y").asInt(); y < bottom; y++) {
                    assertThat(taken.add(x + "," + y))
                            .as(title + " lies on another panel")
                            .isTrue();
                }
            }
        }
        assertThat(ids).isNotEmpty();
    }

    @Test
    void everyQueryAsksADataSourceThatIsProvisioned() throws IOException {
        // Given
        Set<String> provisioned = elements(yaml("datasources/prometheus.yml").path("datasources")).stream()
                .map(one -> one.path("type").asText())
                .collect(Collectors.toSet());
        Map<String, String> choices = elements(dashboard().at("/templating/list")).stream()
                .filter(variable -> variable.path("type").asText().equals("datasource"))
                .collect(Collectors.toMap(
                        variable -> "${" + variable.path("name").asText() + "}",
                        variable -> variable.path("query").asText()));
        assertThat(provisioned).containsAll(choices.values());

        // Then
        List<JsonNode> asked = new ArrayList<>();
        for (JsonNode panel : dashboard().path("panels")) {
            asked.add(panel.path("datasource"));
            assertThat(panel.path("targets")).isNotEmpty();
            Set<String> refIds = new TreeSet<>();
            for (JsonNode target : panel.path("targets")) {
                asked.add(target.path("datasource"));
                assertThat(refIds.add(target.path("refId").asText()))
                        .as("refId in " + panel.path("title"))
                        .isTrue();
            }
        }
        elements(dashboard().at("/templating/list")).stream()
                .filter(variable -> variable.path("type").asText().equals("query"))
                .forEach(variable -> asked.add(variable.path("datasource")));
        assertThat(asked).allSatisfy(one -> assertThat(choices)
                .containsEntry(one.path("uid").asText(), one.path("type").asText()));
    }

    @Test
    void everyVariableIsDefinedAndUsed() throws IOException {
        // Given
        Set<String> defined = elements(dashboard().at("/templating/list")).stream()
                .map(variable -> variable.path("name").asText())
                .collect(Collectors.toCollection(TreeSet::new));
        // When
        Set<String> used = new TreeSet<>();
        texts(dashboard(), text -> VARIABLE.matcher(text)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                // Grafana's own, as that of all values.
                .filter(name -> !name.startsWith("__"))
                .forEach(used::add));
        // Then
        assertThat(used).isEqualTo(defined);
    }

    @Test
    void everyLegendNamesLabelsThatItsQueryLeaves() throws IOException {
        targets().forEach(target -> {
            String expression = target.path("expr").asText();
            Set<String> left = GROUPED.matcher(expression)
                    .results()
                    .flatMap(found -> Pattern.compile(",\\s*").splitAsStream(found.group(1)))
                    .collect(Collectors.toSet());
            assertThat(left)
                    .as(expression)
                    .containsAll(LABEL.matcher(target.path("legendFormat").asText())
                            .results()
                            .map(found -> found.group(1))
                            .toList());
        });
    }

    @Test
    void everyQueryIsOneThatPrometheusCanRead(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Run.has("promtool"), "skipped: no promtool; Debian's package prometheus brings it");
        // Given: as rules, with the variables as they are for one cluster and for all
        var rules = YAML.createObjectNode();
        var group =
                rules.putArray("groups").addObject().put("name", "dashboard").putArray("rules");
        for (JsonNode target : targets()) {
            for (String cluster : List.of("prod", ".*", "(prod|staging)")) {
                String expression = target.path("expr")
                        .asText()
                        .replaceAll("\\$(cluster\\b|\\{cluster})", Matcher.quoteReplacement(cluster));
                group.addObject().put("record", "query_" + group.size()).put("expr", expression);
            }
        }
        Path file = folder.resolve("rules.yml");
        YAML.writeValue(file.toFile(), rules);
        // When
        Run run = Run.of("", List.of("promtool", "check", "rules", file.toString()));
        // Then
        assertThat(run.code()).as(run.output()).isZero();
        assertThat(run.output()).contains(group.size() + " rules found");
    }

    @Test
    void theFilesOfProvisioningSayNothingThatGrafanaDoesNotRead() throws IOException {
        JsonNode datasources = yaml("datasources/prometheus.yml");
        assertThat(names(datasources)).isSubsetOf("apiVersion", "datasources", "deleteDatasources", "prune");
        assertThat(datasources.path("apiVersion").asInt()).isEqualTo(1);
        assertThat(datasources.path("datasources")).isNotEmpty().allSatisfy(one -> {
            assertThat(names(one)).isSubsetOf(OF_A_DATASOURCE);
            assertThat(one.path("name").asText()).isNotBlank();
        });
        assertThat(elements(datasources.path("datasources")))
                .as("the one that the dashboard begins with")
                .filteredOn(one -> one.path("isDefault").asBoolean())
                .hasSize(1);
        JsonNode dashboards = yaml("dashboards/shardsync.yml");
        assertThat(names(dashboards)).isSubsetOf("apiVersion", "providers");
        assertThat(dashboards.path("apiVersion").asInt()).isEqualTo(1);
        assertThat(dashboards.path("providers")).isNotEmpty().allSatisfy(one -> {
            assertThat(names(one)).isSubsetOf(OF_A_PROVIDER);
            assertThat(one.path("type").asText()).isEqualTo("file");
            assertThat(names(one.path("options"))).isSubsetOf("path", "foldersFromFilesStructure");
        });
    }

    @Test
    void composePutsAllOfItWhereGrafanaLooks() throws IOException {
        // Given
        JsonNode services =
                YAML.readTree(ROOT.resolve("docker-compose.yml").toFile()).path("services");
        Map<String, String> mounts = elements(services.at("/grafana/volumes")).stream()
                .map(volume -> volume.asText().split(":"))
                .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
        // Then
        assertThat(ROOT.resolve(mounts.get(IN_THE_IMAGE)).toRealPath()).isEqualTo(PROVISIONING.toRealPath());
        String folder =
                yaml("dashboards/shardsync.yml").at("/providers/0/options/path").asText();
        assertThat(mounts.keySet()).anyMatch(path -> path.startsWith(folder + "/") && path.endsWith(".json"));
        URI address = URI.create(
                yaml("datasources/prometheus.yml").at("/datasources/0/url").asText());
        assertThat(services.has(address.getHost())).as(address.toString()).isTrue();
        assertThat(services.path(address.getHost()).path("profiles"))
                .isEqualTo(services.path("grafana").path("profiles"));
    }

    private static JsonNode dashboard() throws IOException {
        return Json.MAPPER.readTree(
                ROOT.resolve("deploy/grafana/shardsync-dashboard.json").toFile());
    }

    private static JsonNode yaml(String file) throws IOException {
        return YAML.readTree(PROVISIONING.resolve(file).toFile());
    }

    private static List<JsonNode> targets() throws IOException {
        return elements(dashboard().path("panels")).stream()
                .flatMap(panel -> elements(panel.path("targets")).stream())
                .toList();
    }

    private static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void texts(JsonNode node, Consumer<String> take) {
        if (node.isTextual()) {
            take.accept(node.textValue());
        }
        node.forEach(child -> texts(child, take));
    }
}
