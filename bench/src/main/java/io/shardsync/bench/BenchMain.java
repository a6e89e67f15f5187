package io.shardsync.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bench replay}, {@code bench exporter}, {@code bench detect} and {@code bench load}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {ReplayBench.class, ExporterBench.class, DetectBench.class, LoadBench.class},
        description = "Measures what the services cost, and what they bear.")
public final class BenchMain {
    private BenchMain() {}

    /** Exit codes: 0 when everything was measured, 1 when something did not start, 2 for a wrong option. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "io/shardsync/sandbox/sandbox-logback.xml");
        System.exit(new CommandLine(new BenchMain()).execute(args));
    }
}
