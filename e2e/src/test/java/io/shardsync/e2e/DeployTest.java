package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.actuator.ActuatorRights;
import io.shardsync.collector.CollectorRights;
import io.shardsync.processor.ProcessorRights;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.kafka.KafkaRights;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/** What is shipped to deploy with agrees with itself, with the contract and with the documentation. */
class DeployTest {
    private static final Path ROOT = Path.of("..");
    private static final Set<String> SERVICES = Set.of("collector", "processor", "actuator");
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    void theKafkaTopicsOfStrimziAreThoseOfTheContract() throws IOException {
        Map<String, JsonNode> found = byName(Manifests.all(), "KafkaTopic");
        assertThat(found.keySet())
                .isEqualTo(TOPICS.all().stream().map(Topic::name).collect(toCollection(TreeSet::new)));
        for (Topic<?, ?> topic : TOPICS.all()) {
            JsonNode spec = found.get(topic.name()).path("spec");
            assertThat(spec.at("/config/cleanup.policy").asText())
                    .isEqualTo(topic.cleanup().policy());
            assertThat(spec.at("/config/retention.ms").asLong())
                    .isEqualTo(topic.retention() == null ? 0 : topic.retention().toMillis());
            assertThat(spec.path("partitions").asInt()).isEqualTo(topic.layout() == Topic.Layout.SINGLE ? 1 : 6);
        }
    }

    @Test
    void eachUserOfKafkaMayDoWhatTheContractSaysAndNoMore() throws IOException {
        JsonNode api = YAML.readTree(ROOT.resolve("schemas/asyncapi.yaml").toFile());
        Map<String, JsonNode> users = byName(Manifests.all(), "KafkaUser");
        assertThat(users.keySet())
                .containsExactlyInAnyOrder("shardsync-collector", "shardsync-processor", "shardsync-actuator");
        users.forEach((user, manifest) -> {
            Map<String, Set<String>> allowed = operations(manifest);
            for (Topic<?, ?> topic : TOPICS.all()) {
                Set<String> expected = new TreeSet<>(Set.of("Describe", "DescribeConfigs"));
                String who = user.replace("shardsync-", "");
                String name = topic.name().replace(Topics.DEFAULT_PREFIX, "");
                String what = name.replace(".v1", "").replace('.', '-');
                if (api.path("operations").has(who + "-sends-" + what)) {
                    expected.add("Write");
                }
                // Who forwards a misplaced command writes it as well.
                if (user.equals("shardsync-actuator") && name.equals("recovery.command.v1")) {
                    expected.add("Write");
                }
                if (api.path("operations").has(who + "-receives-" + what)) {
                    expected.add("Read");
                }
                assertThat(allowed.get(topic.name()))
                        .as(user + " on " + topic.name())
                        .isEqualTo(expected);
            }
        });
    }

    @Test
    void eachUserOfKafkaMayDoWhatItsServiceAsksFor() throws IOException {
        CommonConfig config = Settings.of(
                        Definition.of("any", 0, new ConfigDef()),
                        Map.of("kafka.bootstrap.servers", "k:1", "clusters", "prod"))
                .common();
        Map<String, KafkaRights> needed = Map.of(
                "shardsync-collector", CollectorRights.kafka(config),
                "shardsync-processor", ProcessorRights.kafka(config, true),
                "shardsync-actuator", ActuatorRights.kafka(config));
        byName(Manifests.all(), "KafkaUser").forEach((user, manifest) -> {
            KafkaRights rights = needed.get(user);
            Map<String, Set<String>> allowed = operations(manifest);
            rights.topics().forEach((topic, operations) -> assertThat(allowed.get(topic))
                    .as(user + " on " + topic)
                    .isEqualTo(operations.stream().map(DeployTest::spelled).collect(toCollection(TreeSet::new))));
            assertThat(rights.groups()).allMatch(group -> covers(manifest, "group", group, "Read"));
            assertThat(rights.transactionalIds()).allMatch(id -> covers(manifest, "transactionalId", id, "Write"));
            assertThat(rights.makes()).allMatch(prefix -> covers(manifest, "topic", prefix + "x", "Create"));
        });
    }

    private static boolean covers(JsonNode user, String type, String name, String operation) {
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            String pattern = acl.at("/resource/name").asText();
            boolean named = acl.at("/resource/patternType").asText().equals("prefix")
                    ? name.startsWith(pattern)
                    : name.equals(pattern);
            if (named
                    && acl.at("/resource/type").asText().equals(type)
                    && acl.path("operations").toString().contains('"' + operation + '"')) {
                return true;
            }
        }
        return false;
    }

    /** {@code DescribeConfigs}. */
    private static String spelled(AclOperation operation) {
        return Stream.of(operation.name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    @Test
    void theCommandsForAclsSayTheSameAsTheUsersOfStrimzi() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/operations/security-kafka.md"));
        for (JsonNode user : byName(Manifests.all(), "KafkaUser").values()) {
            for (JsonNode acl : user.at("/spec/authorization/acls")) {
                JsonNode resource = acl.path("resource");
                StringBuilder command = new StringBuilder(
                        "acl User:" + user.at("/metadata/name").asText());
                acl.path("operations")
                        .forEach(one -> command.append(" --operation ").append(one.asText()));
                String type = resource.path("type").asText();
                command.append(type.equals("transactionalId") ? " --transactional-id " : " --" + type + " ");
                command.append(resource.path("name").asText());
                if (resource.path("patternType").asText().equals("prefix")) {
                    command.append(" --resource-pattern-type prefixed");
                }
                assertThat(page).contains(command + "\n");
            }
        }
    }

    @Test
    void whatManifestsReferToIsThere() throws IOException {
        List<JsonNode> all = Manifests.all();
        Set<String> here = new TreeSet<>();
        all.forEach(one -> here.add(
                one.path("kind").asText() + "/" + one.at("/metadata/name").asText()));
        // Made by Strimzi, and by whoever runs Elasticsearch.
        here.addAll(Set.of("Secret/kafka-cluster-ca-cert", "ConfigMap/elasticsearch-ca"));
        for (String service : SERVICES) {
            JsonNode workload = all.stream()
                    .filter(one -> Set.of("Deployment", "StatefulSet")
                            .contains(one.path("kind").asText()))
                    .filter(one -> one.at("/metadata/name").asText().equals("shardsync-" + service))
                    .findFirst()
                    .orElseThrow();
            JsonNode pod = workload.at("/spec/template");
            JsonNode container = pod.at("/spec/containers/0");
            Set<String> volumes = new TreeSet<>();
            pod.at("/spec/volumes").forEach(volume -> {
                volumes.add(volume.path("name").asText());
                if (volume.has("secret")) {
                    assertThat(here)
                            .contains(
                                    "Secret/" + volume.at("/secret/secretName").asText());
                }
                if (volume.has("configMap")) {
                    assertThat(here)
                            .contains(
                                    "ConfigMap/" + volume.at("/configMap/name").asText());
                }
            });
            workload.at("/spec/volumeClaimTemplates")
                    .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
            container.path("volumeMounts").forEach(mount -> assertThat(volumes)
                    .contains(mount.path("name").asText()));
            assertThat(workload.at("/spec/selector/matchLabels")).isNotEmpty().isEqualTo(pod.at("/metadata/labels"));
            assertThat(here).contains("PodDisruptionBudget/shardsync-" + service, "NetworkPolicy/shardsync-" + service);
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(pod.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
        }
    }

    @Test
    void composeRunsTheThreeServicesFromTheDockerfile() throws IOException {
        JsonNode compose = YAML.readTree(ROOT.resolve("docker-compose.yml").toFile());
        assertThat(compose.has("name"))
                .as("Compose 1.29 rejects a top-level name")
                .isFalse();
        for (String service : SERVICES) {
            JsonNode one = compose.path("services").path(service);
            assertThat(one.at("/build/args/SERVICE").asText()).isEqualTo(service);
        }
        compose.path("services").forEach(service -> service.path("volumes").forEach(volume -> {
            String source = volume.asText().split(":", 2)[0];
            if (source.startsWith(".")) {
                assertThat(ROOT.resolve(source)).exists();
            } else {
                assertThat(compose.path("volumes").has(source)).as(source).isTrue();
            }
        }));
    }

    @Test
    void whatTheDockerfileCopiesIsInTheBuildContext() throws IOException {
        List<String> allowed = Files.readAllLines(ROOT.resolve(".dockerignore"));
        List<String> copied = Files.readAllLines(ROOT.resolve("deploy/docker/Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY "))
                .map(line -> line.split(" ")[1].replaceAll("/$", ""))
                .toList();
        assertThat(copied).isNotEmpty();
        for (String service : SERVICES) {
            assertThat(allowed)
                    .as("a folder is looked into only if a line names it")
                    .containsAll(copied.stream()
                            .map(path -> "!" + path.replace("${SERVICE}", service))
                            .toList());
        }
    }

    @Test
    void everyRuleOfPrometheusIsExplained() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/operations/alerting.md"));
        JsonNode rules = YAML.readTree(
                ROOT.resolve("deploy/prometheus/shardsync-rules.yml").toFile());
        assertThat(rules.at("/groups/0/rules")).isNotEmpty().allSatisfy(rule -> {
            String name = rule.path("alert").asText();
            assertThat(page)
                    .contains("### " + name + "\n" + rule.at("/labels/severity").asText() + ".");
            assertThat(rule.at("/annotations/runbook_url").asText()).endsWith("#" + name.toLowerCase(Locale.ROOT));
        });
    }

    private static Map<String, Set<String>> operations(JsonNode user) {
        Map<String, Set<String>> operations = new TreeMap<>();
        user.at("/spec/authorization/acls").forEach(acl -> {
            if (acl.at("/resource/type").asText().equals("topic")) {
                Set<String> of =
                        operations.computeIfAbsent(acl.at("/resource/name").asText(), name -> new TreeSet<>());
                acl.path("operations").forEach(one -> of.add(one.asText()));
            }
        });
        return operations;
    }

    private static Map<String, JsonNode> byName(List<JsonNode> all, String kind) {
        Map<String, JsonNode> found = new TreeMap<>();
        all.stream()
                .filter(one -> one.path("kind").asText().equals(kind))
                .forEach(one -> found.put(one.at("/metadata/name").asText(), one));
        return found;
    }
}
