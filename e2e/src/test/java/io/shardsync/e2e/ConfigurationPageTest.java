package io.shardsync.e2e;

import io.shardsync.runtime.config.ConfigReference;
import io.shardsync.runtime.config.Definition;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** The reference of the configuration is what the services declare; {@code -Dpages.update=true} writes it. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("../docs/operations/configuration.md");

    @Test
    void thePageSaysWhatTheServicesDeclare() throws IOException, ReflectiveOperationException {
        String page = "# Configuration\n\n"
                + "<!-- written by ConfigurationPageTest: mvn -pl e2e -am test -Dtest=ConfigurationPageTest"
                + " -Dpages.update=true -->\n\n"
                + "A properties file (`--config`), over it the environment (`SHARDSYNC_` and the key in capitals, `.` as"
                + " `_`), over that `--set key=value`. One file may serve all services. Secrets by reference:"
                + " `${file:PATH:KEY}`, `${env:NAME}`. A segment in capitals stands for a name of your choice. A wrong or"
                + " unknown key stops the start, naming what was found and what is allowed; `--check` tells without"
                + " starting.\n\n"
                + "## All services\n\n"
                + ConfigReference.common() + "\n"
                + section("collector", "Collector")
                + section("processor", "Processor")
                + section("actuator", "Actuator");
        page = page.stripTrailing() + "\n";
        if (Boolean.getBoolean("pages.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static String section(String service, String name) throws ReflectiveOperationException {
        // Nobody but this page needs a service's declaration from outside.
        Class<?> config = Class.forName("io.shardsync." + service + "." + name + "Config");
        for (Field field : config.getDeclaredFields()) {
            if (field.getType() == ConfigDef.class || field.getType() == Definition.class) {
                field.setAccessible(true);
                Object found = field.get(null);
                Definition definition =
                        found instanceof ConfigDef own ? Definition.of(service, 0, own) : (Definition) found;
                return "## " + name + "\n\n" + ConfigReference.of(definition) + "\n";
            }
        }
        throw new AssertionError(config + " declares no configuration");
    }
}
