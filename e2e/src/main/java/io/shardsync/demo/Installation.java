package io.shardsync.demo;

import io.shardsync.sandbox.SandboxException;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the built services are.
 *
 * @param home the folder with the modules in it
 */
public record Installation(Path home) {
    private static final String PROPERTY = "shardsync.home";

    /** The one named by {@code -Dshardsync.home}, or else the nearest folder upwards from the working directory. */
    public static Installation find() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return new Installation(Path.of(named).toAbsolutePath());
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("collector")) && Files.isDirectory(folder.resolve("processor"))) {
                return new Installation(folder);
            }
        }
        throw new SandboxException("no folder with the services found upwards from "
                + Path.of("").toAbsolutePath() + "; name it with -D" + PROPERTY);
    }

    /** What a service runs from. */
    public String classPath(String service) {
        Path target = home.resolve(service).resolve("target");
        return jar(target, service) + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }

    private static Path jar(Path target, String service) {
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars = files.filter(file -> file.getFileName()
                                .toString()
                                .matches("shardsync-" + service + "-[^-]*(-SNAPSHOT)?\\.jar"))
                        .toList();
                if (jars.size() == 1) {
                    return jars.get(0);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + target, e);
            }
        }
        throw new SandboxException("the " + service + " is not built: found no shardsync-" + service + "-*.jar in "
                + target + "; run mvn package");
    }
}
