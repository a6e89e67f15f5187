package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Installation;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import io.shardsync.schemas.topic.TraceContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The services on a secured broker and a secured Elasticsearch, and everything that they say to anybody. */
final class SecuredDeployment {
    private static final Path USERS = Path.of("../deploy/kubernetes/kafka-users.yaml");
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final String CLUSTER = "prod";

    /** Of all that Anna asks for. */
    static final TraceContext TRACE = TraceContext.begin();

    private static final List<String> PAGES = List.of(
            "/",
            "/openapi.yaml",
            "/clusters",
            "/alerts",
            "/shards/replication",
            "/shards/recovery/status",
            "/shards/consistency/orders",
            "/maintenance",
            "/readyz");

    /** All that Kafka's clients and everybody else say, but for the HTTP client, whose headers are the password. */
    private static final String LOUD =
            """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5level %logger{32} %msg %kvp{DOUBLE}%n%ex{full}</pattern></encoder>
              </appender>
              <logger name="org.apache.hc.client5.http" level="INFO"/>
              <logger name="org.apache.kafka.clients.FetchSessionHandler" level="INFO"/>
              <root level="DEBUG"><appender-ref ref="console"/></root>
            </configuration>
            """;

    /** Something to be done while things are otherwise. */
    interface Action {
        void run() throws Exception;
    }

    private final Path folder;
    private final Sandbox sandbox;
    private final Secrets secrets;
    private final SecuredBroker broker;
    private final KeyAndCertificate ofCollector;
    private final KeyAndCertificate ofProcessor;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, JavaService> started = new LinkedHashMap<>();
    private final Map<String, URI> addresses = new HashMap<>();
    private final Map<String, String> said = new TreeMap<>();

    private SecuredDeployment(Path folder, Sandbox sandbox, Secrets secrets) throws Exception {
        this.folder = folder;
        this.sandbox = sandbox;
        this.secrets = secrets;
        ofCollector = KeyAndCertificate.make(folder, "shardsync-collector", secrets.make("collector's keystore"));
        ofProcessor = KeyAndCertificate.make(folder, "shardsync-processor", secrets.make("processor's keystore"));
        broker = new SecuredBroker(
                folder,
                Map.of(
                        "shardsync-collector", secrets.make("kafka collector"),
                        "shardsync-actuator", secrets.make("kafka actuator"),
                        "stranger", secrets.make("kafka stranger")),
                List.of(ofCollector, ofProcessor),
                secrets.make("truststore"));
        try (Admin admin = broker.admin()) {
            admin.createTopics(TOPICS.all().stream()
                            .map(SecuredDeployment::asShipped)
                            .toList())
                    .all()
                    .get();
            admin.createAcls(shippedRights()).all().get();
        }
    }

    static SecuredDeployment prepare(Path folder, Sandbox sandbox, Secrets secrets) throws Exception {
        return new SecuredDeployment(folder, sandbox, secrets);
    }

    SecuredBroker broker() {
        return broker;
    }

    Topics topics() {
        return TOPICS;
    }

    /** The collector's key and certificate as one PEM file. */
    Path collectorPem() throws Exception {
        return ofCollector.pem(folder.resolve("collector.pem"));
    }

    /** As they stand in a configuration. */
    Map<String, String> prefixed(Map<String, String> client) {
        Map<String, String> settings = new HashMap<>();
        client.forEach((key, value) -> settings.put("kafka." + key, value));
        return settings;
    }

    /** Runs {@code --check} to its end. */
    Run check(String service, Map<String, String> other) throws IOException, InterruptedException {
        return run(service, other, List.of("--check"));
    }

    /** Runs a service that is expected to end by itself. */
    Run run(String service, Map<String, String> other) throws IOException, InterruptedException {
        return run(service, other, List.of());
    }

    private Run run(String service, Map<String, String> other, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Installation.find().classPath(service),
                main(service),
                "--config",
                write("run-" + said.size(), service, other, 0).toString()));
        command.addAll(more);
        Run run = Run.of("", command);
        said.put("run " + said.size() + " of " + service + " " + more, run.output());
        return run;
    }

    /** Starts a service and waits until it is ready. */
    JavaService start(String service, String name, Map<String, String> other) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        addresses.put(service, URI.create("http://127.0.0.1:" + port));
        Path loud = Files.writeString(folder.resolve("loud.xml"), LOUD);
        List<String> options = service.equals("collector") ? List.of("-Dlogback.configurationFile=" + loud) : List.of();
        JavaService one = sandbox.service(new JavaServiceSpec(
                name,
                Installation.find().classPath(service),
                main(service),
                List.of("--config", write(name, service, other, port).toString()),
                192,
                options,
                addresses.get(service).resolve("/readyz")));
        started.put(name, one);
        one.start();
        said.put("arguments of " + name, Files.readString(Path.of("/proc/" + one.pid() + "/cmdline")));
        return one;
    }

    private Path write(String name, String service, Map<String, String> other, int port) throws IOException {
        Map<String, String> settings = new TreeMap<>(DemoSettings.quick(CLUSTER));
        settings.put("healing.mode", "suggest");
        settings.put("log.format", "ecs");
        settings.put("log.level", "DEBUG");
        settings.put("topics.create", "false");
        settings.put("http.port", String.valueOf(port));
        settings.put("http.token", secrets.make("http token"));
        settings.put("http.token.anna", secrets.make("anna's token"));
        settings.put("state.dir", folder.resolve(name + "-state").toString());
        settings.put("clusters", CLUSTER);
        if (service.equals("processor")) {
            settings.putAll(prefixed(broker.withCertificate(ofProcessor)));
            String nobody = "http://127.0.0.1:" + Sandbox.freePorts(1).get(0) + "/";
            settings.put("alerts.webhook.urls", nobody + secrets.make("webhook's address"));
            settings.put("alerts.webhook.token", secrets.make("webhook's token"));
            settings.put("alerts.alertmanager.urls", nobody);
            settings.put("alerts.alertmanager.token", secrets.make("alertmanager's token"));
        } else {
            settings.putAll(prefixed(broker.withPassword("shardsync-" + service)));
            settings.put(
                    "cluster.prod.hosts",
                    String.join(",", sandbox.elasticsearch().urls()));
            settings.put(
                    "cluster.prod.ca.file",
                    sandbox.elasticsearch().caFile().orElseThrow().toString());
            settings.put("cluster.prod.username", service);
            settings.put("cluster.prod.password", secrets.get("elasticsearch " + service));
        }
        if (other.containsKey("kafka.bootstrap.servers")) {
            settings.keySet().removeIf(key -> key.startsWith("kafka."));
        }
        settings.putAll(other);
        settings.values().removeIf(String::isEmpty);
        return withSecretsByReference(name, settings);
    }

    /** As the documentation says: whatever holds a secret stands in a file of its own. */
    private Path withSecretsByReference(String name, Map<String, String> settings) throws IOException {
        Path hidden = folder.resolve(name + ".secrets.properties");
        StringBuilder secret = new StringBuilder();
        StringBuilder open = new StringBuilder();
        settings.forEach((key, value) -> {
            boolean isSecret = !secrets.foundIn(Map.of(key, value)).isEmpty() && !key.equals("cluster.prod.hosts");
            if (isSecret) {
                secret.append(key).append('=').append(value).append('\n');
                open.append(key)
                        .append("=${file:")
                        .append(hidden)
                        .append(':')
                        .append(key)
                        .append("}\n");
            } else {
                open.append(key).append('=').append(value).append('\n');
            }
        });
        Files.writeString(hidden, secret);
        return Files.writeString(folder.resolve(name + ".properties"), open);
    }

    private static String main(String service) {
        return "io.shardsync." + service + "." + service.substring(0, 1).toUpperCase(Locale.ROOT) + service.substring(1)
                + "Main";
    }

    /** Sends something to the processor as Anna. */
    void post(String path, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(addresses.get("processor").resolve(path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + secrets.get("anna's token"))
                .header("traceparent", TRACE.parent())
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        said.put("answer to " + json, answer.headers().map() + answer.body());
    }

    /** Does something while a user's right is taken away. */
    void withoutRight(String user, ResourceType type, String name, AclOperation operation, Action action)
            throws Exception {
        AclBindingFilter right = new AclBindingFilter(
                new ResourcePatternFilter(type, name, PatternType.LITERAL),
                new AccessControlEntryFilter("User:" + user, null, operation, AclPermissionType.ANY));
        try (Admin admin = broker.admin()) {
            var taken = admin.deleteAcls(List.of(right)).all().get();
            assertThat(taken).hasSize(1);
            try {
                action.run();
            } finally {
                admin.createAcls(taken).all().get();
            }
        }
    }

    /** Whatever has a name that begins so. */
    void allow(String user, ResourceType type, String prefix, AclOperation... operations) throws Exception {
        ResourcePattern pattern = new ResourcePattern(type, prefix, PatternType.PREFIXED);
        try (Admin admin = broker.admin()) {
            admin.createAcls(Stream.of(operations)
                            .map(operation ->
                                    new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))
                            .map(entry -> new AclBinding(pattern, entry))
                            .toList())
                    .all()
                    .get();
        }
    }

    /** The newest value of each key. */
    <K, V> Map<K, V> read(Topic<K, V> topic) {
        Map<K, V> newest = new HashMap<>();
        read(
                Set.of(topic.name()),
                record -> newest.put(
                        topic.keys().deserializer().deserialize(record.topic(), record.key()),
                        topic.values().deserializer().deserialize(record.topic(), record.value())));
        return newest;
    }

    private void read(Set<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> take) {
        Map<String, Object> settings = broker.asAdmin();
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(100)).forEach(take);
            }
        }
    }

    /** By where it was told: logs, metrics, pages, answers, arguments, checks, and every record of every topic. */
    Map<String, String> everythingTold() throws Exception {
        Map<String, String> told = new TreeMap<>(said);
        for (Map.Entry<String, JavaService> one : started.entrySet()) {
            told.put("log of " + one.getKey(), Files.readString(one.getValue().log()));
        }
        for (Map.Entry<String, URI> one : addresses.entrySet()) {
            told.put("metrics of " + one.getKey(), get(one.getValue().resolve("/metrics")));
        }
        for (String page : PAGES) {
            told.put(
                    "GET " + page + " of processor",
                    get(addresses.get("processor").resolve(page)));
        }
        try (Admin admin = broker.admin()) {
            Map<String, StringBuilder> records = new HashMap<>();
            read(admin.listTopics().names().get(), record -> {
                StringBuilder of = records.computeIfAbsent("topic " + record.topic(), unseen -> new StringBuilder());
                append(record.key(), of);
                append(record.value(), of);
                for (Header header : record.headers()) {
                    append(header.value(), of);
                }
            });
            records.forEach((topic, all) -> told.put(topic, all.toString()));
        }
        return told;
    }

    private String get(URI page) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(page.toString()).isEqualTo(200);
        return answer.headers().map() + answer.body();
    }

    private static void append(byte[] bytes, StringBuilder text) {
        if (bytes != null) {
            text.append(new String(bytes, StandardCharsets.ISO_8859_1)).append('\n');
        }
    }

    private static NewTopic asShipped(Topic<?, ?> topic) {
        return new NewTopic(topic.name(), topic.layout() == Topic.Layout.SINGLE ? 1 : 6, (short) 1)
                .configs(Map.of("cleanup.policy", topic.cleanup().policy()));
    }

    private static List<AclBinding> shippedRights() throws IOException {
        List<AclBinding> rights = new ArrayList<>();
        try (MappingIterator<JsonNode> users =
                new YAMLMapper().readerFor(JsonNode.class).readValues(USERS.toFile())) {
            while (users.hasNext()) {
                JsonNode user = users.next();
                String principal = "User:" + user.at("/metadata/name").asText();
                user.at("/spec/authorization/acls").forEach(acl -> acl.path("operations")
                        .forEach(operation -> rights.add(new AclBinding(
                                pattern(acl.path("resource")),
                                new AccessControlEntry(
                                        principal, "*", operation(operation.asText()), AclPermissionType.ALLOW)))));
            }
        }
        return rights;
    }

    private static ResourcePattern pattern(JsonNode resource) {
        return new ResourcePattern(
                switch (resource.path("type").asText()) {
                    case "topic" -> ResourceType.TOPIC;
                    case "group" -> ResourceType.GROUP;
                    default -> ResourceType.TRANSACTIONAL_ID;
                },
                resource.path("name").asText(),
                resource.path("patternType").asText().equals("prefix") ? PatternType.PREFIXED : PatternType.LITERAL);
    }

    /** {@code DescribeConfigs} as Strimzi writes it. */
    private static AclOperation operation(String word) {
        return AclOperation.valueOf(word.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }
}
