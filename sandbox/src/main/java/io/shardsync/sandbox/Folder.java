package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** The one temporary folder in which a sandbox keeps everything. */
final class Folder {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path path;

    private Folder(Path path) {
        this.path = path;
    }

    /** A new one below {@code java.io.tmpdir}, which others may enter: Elasticsearch may run as another user. */
    static Folder create() {
        try {
            Path made = Files.createTempDirectory("shardsync-sandbox-").toRealPath();
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Folder(made);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "sandbox: cannot make a folder below java.io.tmpdir=" + System.getProperty("java.io.tmpdir"), e);
        }
    }

    Path path() {
        return path;
    }

    /** Makes a folder in it, parents included. */
    Path make(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot make " + path.resolve(name), e);
        }
    }

    /**
     * Removes it with all that is in it. Tries again for some seconds: a process killed a moment ago may still have
     * written.
     */
    void delete() {
        boolean gone = Waiting.isSoWithin(PATIENCE, () -> {
            tryDelete(path);
            return Files.notExists(path);
        });
        if (!gone) {
            throw new SandboxException("sandbox: cannot remove " + path + ": remove it by hand");
        }
    }

    /** Removes one part of it. */
    static void delete(Path part) {
        Waiting.until(
                () -> {
                    tryDelete(part);
                    return Files.notExists(part);
                },
                PATIENCE,
                () -> "sandbox: cannot remove " + part);
    }

    private static void tryDelete(Path tree) {
        try {
            Files.walkFileTree(tree, new Remover());
        } catch (IOException retried) {
            // The caller looks whether it is gone and says so if not.
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
            // A fault may have left a folder read-only, and only root can delete from one.
            if (!Files.isWritable(dir)) {
                Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
        }
    }
}
