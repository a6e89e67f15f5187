package io.shardsync.sandbox;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

class BrokerTest {
    @Test
    void findsItsClassesFromAnotherFolder() {
        // When
        String path = Broker.absolute("target/a.jar" + File.pathSeparator + "/lib/b.jar");

        // Then
        assertThat(path.split(File.pathSeparator))
                .containsExactly(Path.of("target/a.jar").toAbsolutePath().toString(), "/lib/b.jar");
    }
}
