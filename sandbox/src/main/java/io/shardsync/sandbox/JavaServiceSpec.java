package io.shardsync.sandbox;

import java.net.URI;
import java.util.List;

/**
 * A Java program that runs beside Kafka and Elasticsearch.
 *
 * @param name unique within the sandbox; also the name of its folder
 * @param classPath entries separated as the platform does
 * @param mainClass to run
 * @param arguments of the program
 * @param heapMb heap in MiB
 * @param ready answers 200 to a GET once the program serves
 */
public record JavaServiceSpec(
        String name, String classPath, String mainClass, List<String> arguments, int heapMb, URI ready) {
    public JavaServiceSpec {
        arguments = List.copyOf(arguments);
    }
}
