package io.shardsync.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Elasticsearch as Maven delivers it: a zip, found and unpacked once for a sandbox. */
final class Distribution {
    /** Names the zip where it is in none of the usual places. */
    static final String PROPERTY = "shardsync.elasticsearch.zip";

    private final Path unpacked;

    private Distribution(Path unpacked) {
        this.unpacked = unpacked;
    }

    /** @throws SandboxException when there is no zip, with every place where it was looked for */
    static Distribution unpackInto(Path folder) {
        Path zip = find();
        try {
            unzip(zip, folder);
            return new Distribution(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot unpack " + zip + " into " + folder, e);
        }
    }

    /**
     * Gives a node a home of its own. The programs are hard links, for 120 MB a node are a lot and a symbolic link
     * would lead out of the home; the configuration is a copy, for the node writes to it.
     */
    void linkInto(Path home) {
        try (Stream<Path> paths = Files.walk(unpacked)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path name = unpacked.relativize(path);
                Path target = home.resolve(name);
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else if (name.startsWith("config")) {
                    Files.copy(path, target);
                } else {
                    Files.createLink(target, path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot link " + unpacked + " into " + home, e);
        }
    }

    /** The zip, from the first place that has it. */
    static Path find() {
        List<Path> places = places(version());
        return places.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new SandboxException("sandbox: no Elasticsearch to start: none of " + places
                        + " exists. Build the module sandbox with Maven, or name the zip with -D" + PROPERTY));
    }

    private static List<Path> places(String version) {
        String file = "elasticsearch-" + version + ".zip";
        List<Path> places = new ArrayList<>();
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            places.add(Path.of(named));
        }
        Path built = code().getParent().resolve("dist").resolve(file);
        places.add(built);
        String repository = System.getProperty("maven.repo.local");
        Path root = repository == null
                ? Path.of(System.getProperty("user.home"), ".m2", "repository")
                : Path.of(repository);
        places.add(root.resolve("org/elasticsearch/distribution/integ-test-zip/elasticsearch")
                .resolve(version)
                .resolve(file));
        return places;
    }

    /** Our classes or our jar: both lie in {@code target}, where the build puts {@code dist} too. */
    private static Path code() {
        CodeSource source = Distribution.class.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new SandboxException("sandbox: cannot tell where its classes are: " + source.getLocation(), e);
        }
    }

    private static String version() {
        try (InputStream in = Distribution.class.getResourceAsStream("elasticsearch.properties")) {
            Properties properties = new Properties();
            properties.load(Objects.requireNonNull(in, "sandbox: elasticsearch.properties is missing from the jar"));
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot read elasticsearch.properties", e);
        }
    }

    private static void unzip(Path zip, Path folder) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path name = Path.of(entry.getName());
                if (name.getNameCount() > 1) {
                    write(entry, in, folder, name.subpath(1, name.getNameCount()));
                }
            }
        }
    }

    private static void write(ZipEntry entry, InputStream content, Path folder, Path name) throws IOException {
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder)) {
            throw new SandboxException("sandbox: the zip's entry " + entry.getName() + " leads out of " + folder);
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        Files.copy(content, target);
        // Java's zip reader knows no permissions.
        String rights = name.startsWith("bin") ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(rights));
    }
}
