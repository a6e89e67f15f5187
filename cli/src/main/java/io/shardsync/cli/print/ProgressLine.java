package io.shardsync.cli.print;

/**
 * Tells on standard error how far something is. At a terminal one line that is written over; anywhere else a line for
 * each thing that is new, without control characters, so that a job's log stays readable.
 */
public final class ProgressLine implements AutoCloseable {
    private static final String BEGIN = "\r\u001b[K";

    private final Io io;
    private String shown = "";
    private String told = "";

    public ProgressLine(Io io) {
        this.io = io;
    }

    /**
     * @param news what is new about it; a line is only written to a log when this changes
     * @param figures what changes all the time: percent, bytes, time left; may be empty
     */
    public void show(String news, String figures) {
        String line = Plain.line(figures.isEmpty() ? news : news + "  " + figures);
        if (!io.terminal().err()) {
            if (!news.equals(told)) {
                told = news;
                io.note(line);
            }
            return;
        }
        int width =
                io.terminal().width() == 0 ? Integer.MAX_VALUE : io.terminal().width();
        String cut = Plain.line(line, width - 1);
        if (!cut.equals(shown)) {
            shown = cut;
            io.err().print(BEGIN + cut);
            io.err().flush();
        }
    }

    /** Clears the line, for what follows. */
    @Override
    public void close() {
        if (!shown.isEmpty()) {
            io.err().print(BEGIN);
            io.err().flush();
            shown = "";
        }
    }
}
