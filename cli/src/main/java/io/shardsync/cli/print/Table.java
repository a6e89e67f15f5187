package io.shardsync.cli.print;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Columns as wide as what stands in them. The last one takes what is left of a terminal and is cut there; where there
 * is no terminal nothing is cut, so that what a pipe gets is whole.
 */
public final class Table {
    private static final String GAP = "  ";
    private static final int LEAST_LAST = 20;

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        rows.add(List.of(heads));
    }

    /** Adds a line; control characters are taken out, null becomes a dash. */
    public Table row(Object... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells, but the table has " + rows.get(0).size() + " columns");
        }
        rows.add(Arrays.stream(cells).map(Plain::line).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /** @param width of the terminal; 0 where there is none */
    public List<String> lines(int width) {
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last + 1];
        for (List<String> row : rows) {
            for (int column = 0; column <= last; column++) {
                widths[column] = Math.max(widths[column], Width.of(row.get(column)));
            }
        }
        int before = Arrays.stream(widths, 0, last).sum() + last * GAP.length();
        int left = width == 0 ? Integer.MAX_VALUE : Math.max(LEAST_LAST, width - before);
        return rows.stream().map(row -> line(row, widths, left)).toList();
    }

    private static String line(List<String> row, int[] widths, int left) {
        List<String> cells = new ArrayList<>();
        for (int column = 0; column < row.size() - 1; column++) {
            cells.add(Width.pad(row.get(column), widths[column]));
        }
        cells.add(Plain.line(row.get(row.size() - 1), left));
        return cells.stream().collect(Collectors.joining(GAP)).stripTrailing();
    }
}
