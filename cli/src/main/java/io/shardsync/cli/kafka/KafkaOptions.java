package io.shardsync.cli.kafka;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.InvalidConfiguration;
import io.shardsync.runtime.config.Settings;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where Kafka is: the same file, environment and settings as a service has. */
public final class KafkaOptions {
    private static final int UNUSED_PORT = 8080;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file as the services have it; kafka.* and topics.prefix are what counts.")
    private Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** Whether Kafka was named on the command line. */
    public boolean named() {
        return config != null || !overrides.isEmpty();
    }

    /** @throws Failure naming everything that is wrong */
    public Settings read(Io io) {
        try {
            return Settings.read(
                    Definition.of("cli", UNUSED_PORT, new ConfigDef()),
                    Optional.ofNullable(config),
                    io.environment(),
                    overrides);
        } catch (InvalidConfiguration e) {
            throw new Failure(Exit.USAGE, e.getMessage(), e);
        }
    }
}
