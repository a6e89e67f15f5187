package io.shardsync.cli;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

import java.util.Map;
import java.util.concurrent.Callable;

/** {@code shardsync completion}. */
@Command(
        name = "completion",
        description = "Prints a script with which the shell completes commands, options and their values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(./shardsync completion bash)                     in this shell",
            "  ./shardsync completion bash > ~/.shardsync-completion     and in ~/.bashrc: . ~/.shardsync-completion",
            "  ./shardsync completion zsh > ~/.shardsync-completion      and in ~/.zshrc, after compinit:",
            "                                                            . ~/.shardsync-completion"
        })
final class CompletionCommand implements Callable<Integer> {
    /** What the launcher starts beside this program, with the options of each. */
    static final Map<String, Map<String, Boolean>> LAUNCHED = Map.of(
            "demo", Map.of("--once", false, "--port", true),
            "sandbox", Map.of("--nodes", true, "--brokers", true, "--json", true),
            "collector", Map.of("--config", true, "--set", true, "--check", false),
            "processor", Map.of("--config", true, "--set", true, "--check", false),
            "actuator", Map.of("--config", true, "--set", true, "--check", false));

    private final Io io;

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
    private String shell;

    CompletionCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new Failure(Exit.USAGE, "there is no completion for '" + shell + "', allowed: bash, zsh");
        }
        CommandLine all = Cli.line(io);
        LAUNCHED.forEach((name, options) -> all.addSubcommand(name, launched(name, options)));
        io.out().print(AutoComplete.bash(Cli.NAME, all));
        return Exit.OK.code();
    }

    private static CommandSpec launched(String name, Map<String, Boolean> options) {
        CommandSpec command = CommandSpec.create().name(name);
        options.forEach((option, valued) -> command.addOption(OptionSpec.builder(option)
                .arity(valued ? "1" : "0")
                .type(valued ? String.class : boolean.class)
                .build()));
        return command;
    }
}
