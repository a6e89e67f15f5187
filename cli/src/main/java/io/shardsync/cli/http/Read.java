package io.shardsync.cli.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.schemas.topic.Json;

import java.util.List;
import java.util.stream.StreamSupport;

/** Turns what was answered into what the contract says. */
public final class Read {
    private Read() {}

    /** @throws Failure if it is something else; an older or newer processor, perhaps */
    public static <T> T as(Class<T> type, JsonNode node) {
        try {
            T value = Json.MAPPER.treeToValue(node, type);
            if (value == null) {
                throw new Failure(
                        Exit.UNREACHABLE, "the answer has nothing where a " + type.getSimpleName() + " belongs");
            }
            return value;
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "the answer is no " + type.getSimpleName() + " as this version knows it: " + e.getMessage(),
                    e);
        }
    }

    /** Every element of an array. */
    public static <T> List<T> all(Class<T> type, JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(each -> as(type, each))
                .toList();
    }
}
