package io.shardsync.collector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.runtime.elasticsearch.JsonParserFunction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Answers that a real Elasticsearch 8.19 gave, and others written by hand. */
public final class Captures {
    private static final JsonFactory JSON = new JsonFactory();

    private Captures() {}

    /** Reads a captured answer. */
    public static <T> T read(String name, JsonParserFunction<T> reader) {
        try (InputStream file = Captures.class.getResourceAsStream("/captures/" + name);
                InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(file) : file;
                JsonParser parser = JSON.createParser(plain)) {
            return reader.read(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** A captured answer as it came. */
    public static byte[] bytes(String name) {
        try (InputStream file = Captures.class.getResourceAsStream("/captures/" + name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** Reads JSON text; single quotes stand for double ones. */
    public static <T> T readText(String text, JsonParserFunction<T> reader) {
        try (JsonParser parser = JSON.createParser(text.replace('\'', '"'))) {
            return reader.read(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** A captured entry of {@code _recovery}, in the answer it comes in. */
    public static <T> T readRecovery(String index, String name, JsonParserFunction<T> reader) {
        return readText("{\"" + index + "\":{\"shards\":[" + new String(bytes(name), UTF_8) + "]}}", reader);
    }
}
