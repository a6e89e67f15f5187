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
 * @param jvmOptions beyond the sandbox's own, over which they win
 * @param ready answers 200 to a GET once the program serves
 */
public record JavaServiceSpec(
        String name,
        String classPath,
        String mainClass,
        List<String> arguments,
        int heapMb,
        List<String> jvmOptions,
        URI ready) {
    /** Copies the lists. */
    public JavaServiceSpec {
        arguments = List.copyOf(arguments);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** With the sandbox's own JVM options: they start a program fast, at the price of running it slower. */
    public JavaServiceSpec(
            String name, String classPath, String mainClass, List<String> arguments, int heapMb, URI ready) {
        this(name, classPath, mainClass, arguments, heapMb, List.of(), ready);
    }
}
