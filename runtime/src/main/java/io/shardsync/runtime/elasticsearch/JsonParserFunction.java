package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;

/** Reads an answer while it arrives. */
@FunctionalInterface
public interface JsonParserFunction<T> {
    /**
     * Reads one answer.
     *
     * @param parser before its first token; it need not be read to the end, nor closed
     */
    T read(JsonParser parser) throws IOException;
}
