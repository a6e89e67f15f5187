package io.shardsync.cli;

import io.shardsync.cli.ask.AlertsCommand;
import io.shardsync.cli.ask.RecoveriesCommand;
import io.shardsync.cli.ask.StatusCommand;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.cli.send.SendCommand;
import io.shardsync.cli.send.VerifyCommand;
import io.shardsync.cli.watch.WatchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;

import java.util.Map;

/** All commands together. */
@Command(
        name = Cli.NAME,
        description = {
            "Watches, proves and heals the replication of Elasticsearch shards.",
            "Questions and commands go to a processor, by default at http://127.0.0.1:8080; records are read from Kafka."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nBegin with:%n",
        footer = {
            "  shardsync status                                what is not in sync, and why",
            "  shardsync alerts                                what fires, and what to do about it",
            "  shardsync command recover --dry-run --wait      what would be done",
            "  shardsync COMMAND --help                        more about one, with examples",
            "",
            "demo, sandbox, collector, processor and actuator are started the same way; shardsync without a word lists all."
        })
final class Cli {
    static final String NAME = "shardsync";

    private Cli() {}

    static CommandLine line(Io io) {
        CommandLine line = new CommandLine(CommandSpec.forAnnotatedObject(new Cli()))
                .addSubcommand(new StatusCommand(io))
                .addSubcommand(new AlertsCommand(io))
                .addSubcommand(new RecoveriesCommand(io))
                .addSubcommand(new SendCommand(io))
                .addSubcommand(new VerifyCommand(io))
                .addSubcommand(new WatchCommand(io))
                .addSubcommand(new CompletionCommand(io));
        Map<String, String> codes = Exit.list();
        each(line, io, codes);
        line.getSubcommands().values().forEach(command -> each(command, io, codes));
        line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
        line.getCommandSpec().usageMessage().exitCodeList(codes);
        return line;
    }

    private static void each(CommandLine command, Io io, Map<String, String> codes) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getCommandSpec().versionProvider(new Version());
        command.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE.code());
        command.getCommandSpec().exitCodeOnExecutionException(Exit.FAULT.code());
        command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        command.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(io.out())
                .setErr(io.err())
                .setColorScheme(Help.defaultColorScheme(io.terminal().colour() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setUsageHelpWidth(
                        io.terminal().width() == 0 ? 120 : io.terminal().width())
                .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, io));
    }

    private static int explain(Exception failure, Io io) throws Exception {
        if (failure instanceof Failure known) {
            io.note("shardsync: " + known.getMessage());
            return known.exit().code();
        }
        throw failure;
    }
}
