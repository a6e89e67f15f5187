package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.topic.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Answers of a real Elasticsearch. */
public final class Captures {
    private Captures() {}

    public static JsonNode read(String name) {
        try (InputStream in = Captures.class.getResourceAsStream("/captures/" + name + ".json")) {
            return Json.MAPPER.readTree(Objects.requireNonNull(in, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
