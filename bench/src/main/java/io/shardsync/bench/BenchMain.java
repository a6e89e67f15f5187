package io.shardsync.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Each subcommand is one measurement. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            ReplayBench.class,
            ExporterBench.class,
            DetectBench.class,
            ProcessorBench.class,
            ShardsBench.class,
            CheckBench.class,
            LoadBench.class
        },
        description = "Measures what ShardSync costs, and how soon it tells.")
public final class BenchMain {
    private BenchMain() {}

    /** Exit codes: 0 when everything was measured, 1 when something did not start, 2 for a wrong option. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "io/shardsync/sandbox/sandbox-logback.xml");
        System.exit(new CommandLine(new BenchMain()).execute(args));
    }
}
