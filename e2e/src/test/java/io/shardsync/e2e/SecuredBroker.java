package io.shardsync.e2e;

import io.shardsync.sandbox.Sandbox;
import org.apache.kafka.clients.admin.Admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.awaitility.Awaitility.await;

/**
 * A real broker with TLS that lets nobody in but by SASL/SCRAM, or on another port by a certificate of their own, and
 * allows nobody anything without an ACL.
 */
final class SecuredBroker implements AutoCloseable {
    private static final String ADMIN = "admin";
    private static final String STORE_PASSWORD = "a-store-of-the-broker";

    private final Map<String, String> passwords;
    private final String address;
    private final String mutualAddress;
    private final Path certificate;
    private final Path truststore;
    private final String truststorePassword;
    private final Process process;

    /**
     * @param passwords by user, beside the administrator
     * @param clients whose certificates are taken for who they say they are
     * @param truststorePassword of a store for clients that trusts this broker
     */
    SecuredBroker(
            Path folder, Map<String, String> passwords, List<KeyAndCertificate> clients, String truststorePassword)
            throws IOException, InterruptedException {
        this.passwords = new HashMap<>(passwords);
        this.passwords.put(ADMIN, "an-administrator");
        this.truststorePassword = truststorePassword;
        KeyAndCertificate own = KeyAndCertificate.make(folder, "broker", STORE_PASSWORD);
        certificate = own.certificate();
        truststore = KeyAndCertificate.trust(folder.resolve("trusts-broker.p12"), truststorePassword, List.of(own));
        Path trusted = KeyAndCertificate.trust(folder.resolve("trusts-clients.p12"), STORE_PASSWORD, clients);
        List<Integer> ports = Sandbox.freePorts(3);
        address = "127.0.0.1:" + ports.get(0);
        mutualAddress = "127.0.0.1:" + ports.get(1);
        Path config = folder.resolve("server.properties");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + ports.get(2),
                        "listeners=CLIENTS://" + address + ",MUTUAL://" + mutualAddress + ",CONTROLLER://127.0.0.1:"
                                + ports.get(2),
                        "listener.security.protocol.map=CLIENTS:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT",
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=CLIENTS",
                        "sasl.enabled.mechanisms=SCRAM-SHA-512",
                        "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512",
                        "listener.name.clients.scram-sha-512.sasl.jaas.config="
                                + login(ADMIN, this.passwords.get(ADMIN)),
                        "ssl.keystore.type=PKCS12",
                        "ssl.keystore.location=" + own.store(),
                        "ssl.keystore.password=" + STORE_PASSWORD,
                        "ssl.key.password=" + STORE_PASSWORD,
                        "ssl.truststore.type=PKCS12",
                        "ssl.truststore.location=" + KeyAndCertificate.trust(trusted, STORE_PASSWORD, List.of(own)),
                        "ssl.truststore.password=" + STORE_PASSWORD,
                        "listener.name.mutual.ssl.client.auth=required",
                        "ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT",
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
        this.passwords.forEach((user, password) -> {
            format.add("--add-scram");
            format.add("SCRAM-SHA-512=[name=" + user + ",password=" + password + "]");
        });
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

    Admin admin() {
        return Admin.create(asAdmin());
    }

    Map<String, Object> asAdmin() {
        return new HashMap<>(withPassword(ADMIN));
    }

    /** What a client says that logs in by SCRAM, trusting a PEM file. */
    Map<String, String> withPassword(String user) {
        return withPassword(user, passwords.get(user));
    }

    Map<String, String> withPassword(String user, String password) {
        return new HashMap<>(Map.of(
                "bootstrap.servers",
                address,
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                login(user, password),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificate.toString()));
    }

    /** What a client says that has a certificate, with stores that have passwords. */
    Map<String, String> withCertificate(KeyAndCertificate own) {
        return new HashMap<>(Map.of(
                "bootstrap.servers",
                mutualAddress,
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                truststore.toString(),
                "ssl.truststore.password",
                truststorePassword,
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.location",
                own.store().toString(),
                "ssl.keystore.password",
                own.password(),
                "ssl.key.password",
                own.password()));
    }

    /** What a client says that has a certificate, all in PEM files. */
    Map<String, String> withPem(Path keyAndCertificate) {
        return new HashMap<>(Map.of(
                "bootstrap.servers",
                mutualAddress,
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificate.toString(),
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.location",
                keyAndCertificate.toString()));
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
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
