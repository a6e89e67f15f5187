package io.shardsync.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads {@code deploy/kubernetes} as kubectl does. Not with Jackson's YAML, which takes an alias for a word. */
final class Manifests {
    private static final Path FOLDER = Path.of("../deploy/kubernetes");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Manifests() {}

    static List<JsonNode> all() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                try (Reader text = Files.newBufferedReader(file)) {
                    new Yaml(new SafeConstructor(new LoaderOptions()))
                            .loadAll(text)
                            .forEach(document -> all.add(JSON.valueToTree(document)));
                }
            }
        }
        return all;
    }
}
