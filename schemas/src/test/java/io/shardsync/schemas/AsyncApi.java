package io.shardsync.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** What {@code asyncapi.yaml} says, in the words of the tests. */
record AsyncApi(JsonNode root) {
    static final Path FILE = Path.of("asyncapi.yaml");

    static AsyncApi read() {
        try {
            return new AsyncApi(new YAMLMapper().readTree(FILE.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By the topic's name without its prefix. */
    Set<String> channels() {
        Set<String> names = new TreeSet<>();
        root.path("channels").fieldNames().forEachRemaining(names::add);
        return names;
    }

    JsonNode channel(String name) {
        return root.path("channels").path(name);
    }

    JsonNode kafka(String name) {
        return channel(name).path("bindings").path("kafka");
    }

    String cleanup(String name) {
        return String.join(",", texts(kafka(name).at("/topicConfiguration/cleanup.policy")));
    }

    Optional<Duration> retention(String name) {
        JsonNode found = kafka(name).at("/topicConfiguration/retention.ms");
        return found.isMissingNode() ? Optional.empty() : Optional.of(Duration.ofMillis(found.longValue()));
    }

    /** The only message of a channel. */
    JsonNode message(String name) {
        return resolve(channel(name).path("messages").elements().next());
    }

    /** Who sends to a channel, or receives from it: services, and {@code others}. */
    Set<String> who(String action, String name) {
        Set<String> who = new TreeSet<>();
        for (Map.Entry<String, JsonNode> operation : root.path("operations").properties()) {
            if (operation.getValue().path("action").asText().equals(action)
                    && resolve(operation.getValue().path("channel")) == channel(name)) {
                operation
                        .getValue()
                        .path("tags")
                        .forEach(tag -> who.add(tag.path("name").asText()));
            }
        }
        return who;
    }

    /** @throws IllegalArgumentException when it leads nowhere */
    JsonNode resolve(JsonNode reference) {
        String at = reference.path("$ref").asText();
        JsonNode found = at.startsWith("#/") ? root.at(at.substring(1)) : root.path("");
        if (found.isMissingNode()) {
            throw new IllegalArgumentException(FILE + ": $ref " + at + " leads nowhere");
        }
        return found;
    }

    static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
