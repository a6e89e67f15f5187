package io.shardsync.sandbox;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

class DistributionTest {
    @Test
    void liesWhereTheBuildPutIt() {
        assertThat(Distribution.find()).exists().hasFileName("elasticsearch-8.19.21.zip");
    }

    @Test
    void isTheOneThatIsNamedWhereOneIs(@TempDir Path folder) throws Exception {
        Path named = Files.createFile(folder.resolve("mine.zip"));
        System.setProperty(Distribution.PROPERTY, named.toString());
        try {
            assertThat(Distribution.find()).isEqualTo(named);
        } finally {
            System.clearProperty(Distribution.PROPERTY);
        }
    }
}
