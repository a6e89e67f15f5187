package io.shardsync.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The user Elasticsearch runs as: whoever runs the sandbox, but {@code nobody} where that is root, because
 * Elasticsearch refuses to run as root.
 */
final class Account {
    private static final String USER = "nobody";

    private final Optional<UserPrincipal> user;
    private final Optional<GroupPrincipal> group;

    private Account(Optional<UserPrincipal> user, Optional<GroupPrincipal> group) {
        this.user = user;
        this.group = group;
    }

    /** @throws SandboxException when root's stand-in could not reach what it has to read */
    static Account forFilesIn(Path folder, Path java) {
        if (!isRoot()) {
            return new Account(Optional.empty(), Optional.empty());
        }
        requireReachable(folder, "set -Djava.io.tmpdir");
        requireReachable(java, "use a JDK outside of root's home");
        UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            return new Account(Optional.of(names.lookupPrincipalByName(USER)), Optional.of(groupOf(names)));
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: root needs a user '" + USER + "' to run Elasticsearch as", e);
        }
    }

    /** The command as it has to be run to run as this user. */
    List<String> running(String... command) {
        List<String> words = new ArrayList<>();
        if (user.isPresent()) {
            words.addAll(List.of(
                    "setpriv",
                    "--reuid=" + USER,
                    "--regid=" + group.orElseThrow().getName(),
                    "--clear-groups"));
        }
        words.addAll(List.of(command));
        return words;
    }

    /** Hands the path, and all below it, to this user. */
    void own(Path tree) {
        if (user.isEmpty()) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
                view.setOwner(user.get());
                view.setGroup(group.orElseThrow());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot hand " + tree + " to " + USER, e);
        }
    }

    private static boolean isRoot() {
        try {
            Path mine = Files.createTempFile("shardsync-", ".user");
            try {
                return Files.getOwner(mine).getName().equals("root");
            } finally {
                Files.delete(mine);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("sandbox: cannot find out who runs it", e);
        }
    }

    private static GroupPrincipal groupOf(UserPrincipalLookupService names) throws IOException {
        try {
            return names.lookupPrincipalByGroupName("nogroup");
        } catch (IOException notDebian) {
            return names.lookupPrincipalByGroupName(USER);
        }
    }

    private static void requireReachable(Path path, String advice) {
        for (Path part = path; part != null; part = part.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    throw new SandboxException("sandbox: root runs Elasticsearch as '" + USER + "', who cannot reach "
                            + path + " because " + part + " is closed to others: " + advice);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("sandbox: cannot read the permissions of " + part, e);
            }
        }
    }
}
