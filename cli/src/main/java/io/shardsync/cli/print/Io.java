package io.shardsync.cli.print;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.topic.Json;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Everything a command has of the world around it.
 *
 * @param out for what was asked for, and nothing else
 * @param err for progress and for what went wrong
 * @param terminal what is at their ends
 * @param environment of the process
 * @param clock the wall clock
 */
public record Io(PrintWriter out, PrintWriter err, Terminal terminal, Map<String, String> environment, Clock clock) {

    /** A line to standard output. */
    public void say(String line) {
        out.println(line);
    }

    public void say(List<String> lines) {
        lines.forEach(out::println);
    }

    public void say(Table table) {
        say(table.lines(terminal.width()));
    }

    /** A line to standard error. */
    public void note(String line) {
        err.println(line);
        err.flush();
    }

    /** As it came, over several lines: the same for people who look and for programs. */
    public void json(JsonNode node) {
        try {
            out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
