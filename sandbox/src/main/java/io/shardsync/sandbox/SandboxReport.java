package io.shardsync.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Where a sandbox's servers are, for programs outside of it.
 *
 * @param kafka null where the sandbox has no Kafka
 * @param elasticsearch empty where the sandbox has no Elasticsearch
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SandboxReport(KafkaReport kafka, List<NodeReport> elasticsearch) {
    /** What {@code bootstrap.servers} is to be, and the brokers. */
    public record KafkaReport(String bootstrap, List<BrokerReport> brokers) {}

    /** A broker and its process. */
    public record BrokerReport(int id, long pid) {}

    /** A node, its process (the server itself, not its launcher) and its folder. */
    public record NodeReport(String name, String url, long pid, String home) {}

    /** As the sandbox is now. */
    public static SandboxReport of(Sandbox sandbox) {
        SandboxSpec spec = sandbox.spec();
        KafkaReport kafka = spec.brokers() == 0
                ? null
                : new KafkaReport(
                        sandbox.kafka().bootstrap(),
                        sandbox.kafka().brokers().stream()
                                .map(broker -> new BrokerReport(broker.id(), broker.pid()))
                                .toList());
        List<NodeReport> nodes = spec.nodes() == 0
                ? List.of()
                : sandbox.elasticsearch().nodes().stream()
                        .map(node -> new NodeReport(
                                node.name(), node.url(), node.pid(), node.home().toString()))
                        .toList();
        return new SandboxReport(kafka, nodes);
    }

    /** Writes it as JSON, so that whoever waits for the file finds all of it or none. */
    public void writeTo(Path file) {
        Path target = file.toAbsolutePath();
        Path whole = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.createDirectories(target.getParent());
            Files.writeString(whole, json() + "\n");
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot write " + target, e);
        }
    }

    private String json() throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(this);
    }
}
