package io.shardsync.e2e;

import io.shardsync.sandbox.Sandbox;
import org.apache.kafka.clients.admin.Admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.awaitility.Awaitility.await;

/** A real broker that lets nobody in without SASL/SCRAM, and allows nobody anything without an ACL. */
final class SecuredBroker implements AutoCloseable {
    static final String ADMIN = "admin";

    private final String address;
    private final Process process;

    /** @param users beside the administrator; each has its name as its password */
    SecuredBroker(Path folder, List<String> users) throws IOException, InterruptedException {
        List<Integer> ports = Sandbox.freePorts(2);
        address = "127.0.0.1:" + ports.get(0);
        Path config = folder.resolve("server.properties");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + ports.get(1),
                        "listeners=CLIENTS://" + address + ",CONTROLLER://127.0.0.1:" + ports.get(1),
                        "listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=CLIENTS",
                        "sasl.enabled.mechanisms=SCRAM-SHA-512",
                        "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512",
                        "listener.name.clients.scram-sha-512.sasl.jaas.config=" + login(ADMIN),
                        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        // Anonymous is the broker itself, at its controller, where no client has to go.
                        "super.users=User:" + ADMIN + ";User:ANONYMOUS",
                        "log.dirs=" + folder.resolve("data"),
                        "auto.create.topics.enable=false",
                        "offsets.topic.replication.factor=1",
                        "offsets.topic.num.partitions=4",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "transaction.state.log.num.partitions=4",
                        "group.initial.rebalance.delay.ms=0",
                        ""));
        List<String> format = new ArrayList<>(List.of(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "c2hhcmRzeW5jLXRlc3QtMQ",
                "--config",
                config.toString()));
        List<String> all = new ArrayList<>(users);
        all.add(ADMIN);
        for (String user : all) {
            format.add("--add-scram");
            format.add("SCRAM-SHA-512=[name=" + user + ",password=" + user + "]");
        }
        Run formatted = Run.of("", java(format));
        if (formatted.code() != 0) {
            throw new AssertionError(formatted.output());
        }
        process = new ProcessBuilder(java(List.of("kafka.Kafka", config.toString())))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("broker.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> {
            try (Admin admin = admin()) {
                return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size() == 1;
            }
        });
    }

    String address() {
        return address;
    }

    Admin admin() {
        Map<String, Object> settings = new java.util.HashMap<>(client(ADMIN));
        settings.put("bootstrap.servers", address);
        return Admin.create(settings);
    }

    /** What a client of one user needs. */
    static Map<String, String> client(String user) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                login(user));
    }

    private static String login(String user) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + user + "\";";
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=io/shardsync/sandbox/broker-logback.xml",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(arguments);
        return command;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
