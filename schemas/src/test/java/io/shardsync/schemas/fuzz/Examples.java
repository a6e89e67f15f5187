package io.shardsync.schemas.fuzz;

import io.shardsync.schemas.topic.Topic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The contract's examples, to be damaged. */
public final class Examples {
    private static final List<Path> PLACES = List.of(Path.of("examples"), Path.of("../schemas/examples"));

    private Examples() {}

    /** All of a topic's, by file name. */
    public static List<byte[]> of(Topic<?, ?> topic) {
        Path folder = PLACES.stream()
                .map(place -> place.resolve(topic.name().substring(topic.name().indexOf('.') + 1)))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no examples of " + topic.name() + " in " + PLACES));
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(Examples::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
