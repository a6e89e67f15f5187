package io.shardsync.cli.print;

import java.util.Map;

/**
 * What is at the other end of standard output and standard error. Java can't tell one from the other, so the launcher
 * asks the shell and says it in system properties.
 *
 * @param out whether standard output is a terminal
 * @param err whether standard error is one
 * @param width columns, at least 40; 0 where standard output is no terminal
 * @param colour whether it may be coloured
 */
public record Terminal(boolean out, boolean err, int width, boolean colour) {
    /** Nobody looks: a pipe, a file, a job. */
    public static final Terminal NONE = new Terminal(false, false, 0, false);

    private static final int USUAL = 100;
    private static final int LEAST = 40;

    /**
     * @param properties as {@link System#getProperties()}: {@code shardsync.tty} holds {@code out}, {@code err} or
     *     both, {@code shardsync.columns} the width
     * @param environment {@code NO_COLOR} and {@code TERM=dumb} are honoured
     */
    public static Terminal of(Map<?, ?> properties, Map<String, String> environment) {
        String ttys = String.valueOf(properties.get("shardsync.tty"));
        boolean dumb = "dumb".equals(environment.get("TERM"));
        boolean out = ttys.contains("out");
        boolean err = ttys.contains("err") && !dumb;
        boolean colour =
                out && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(out, err, out ? width(String.valueOf(properties.get("shardsync.columns"))) : 0, colour);
    }

    private static int width(String columns) {
        return columns.matches("\\d{1,4}") && Integer.parseInt(columns) > 0
                ? Math.max(LEAST, Integer.parseInt(columns))
                : USUAL;
    }
}
