package io.shardsync.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used. Lists everything that is wrong, so that one look is enough to put it right. */
public final class InvalidConfiguration extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** @param problems everything that was found, at least one */
    public InvalidConfiguration(List<Problem> problems) {
        super(problems.stream()
                .map(problem -> "  " + problem)
                .collect(Collectors.joining(
                        "\n",
                        problems.size() == 1 ? "1 setting is wrong:\n" : problems.size() + " settings are wrong:\n",
                        "")));
        this.problems = List.copyOf(problems);
    }

    /** Each problem by itself, in the order of discovery. */
    public List<Problem> problems() {
        return problems;
    }
}
