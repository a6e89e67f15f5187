package io.shardsync.sandbox;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import static org.assertj.core.api.Assertions.assertThat;

class FolderTest {
    @Test
    void mayBeEnteredByOthers() throws Exception {
        Folder folder = Folder.create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                .isEqualTo("rwxr-xr-x");

        folder.delete();
    }

    @Test
    void isRemovedWithReadOnlyFoldersInIt() throws Exception {
        // Given
        Folder folder = Folder.create();
        Path closed = folder.make("n1/data/indices");
        Files.writeString(closed.resolve("file"), "content");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));

        // When
        folder.delete();

        // Then
        assertThat(folder.path()).doesNotExist();
    }
}
