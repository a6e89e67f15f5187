package io.shardsync.runtime.service;

import picocli.CommandLine;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The command line of every service. */
@CommandLine.Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeOnInvalidInput = ServiceLauncher.MISCONFIGURED,
        footer = {
            "",
            "Settings come from FILE, then from environment variables (SHARDSYNC_KAFKA_BOOTSTRAP_SERVERS",
            "for kafka.bootstrap.servers), then from --set; the later ones win."
        })
final class Command implements Callable<Integer> {
    private final ServiceLauncher launcher;

    @Option(names = "--config", paramLabel = "FILE", description = "Properties file with the settings.")
    private Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--check", description = "Check the configuration, reach the peers, say what was found, and exit.")
    private boolean check;

    private Command(ServiceLauncher launcher) {
        this.launcher = launcher;
    }

    static CommandLine line(String service, ServiceLauncher launcher) {
        return new CommandLine(new Command(launcher))
                .setCommandName("shardsync " + service)
                .setOut(new PrintWriter(launcher.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(launcher.err(), true, StandardCharsets.UTF_8));
    }

    @Override
    public Integer call() {
        return launcher.run(Optional.ofNullable(config), overrides, check);
    }
}
