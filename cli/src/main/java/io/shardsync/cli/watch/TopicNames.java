package io.shardsync.cli.watch;

import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Topics as one types them: {@code alert}, {@code alert.v1} or {@code shardsync.alert.v1}. */
final class TopicNames implements Iterable<String> {
    private static final String SOURCE = "/shardsync/cli";
    private static final String VERSION = ".v1";

    @Override
    public Iterator<String> iterator() {
        return names().iterator();
    }

    private static List<String> names() {
        return new Topics("", SOURCE)
                .all().stream().map(topic -> topic.name().replace(VERSION, "")).toList();
    }

    /** @throws Failure if there is no such topic */
    static Topic<?, ?> find(String name, String prefix) {
        Topics topics = new Topics(prefix, SOURCE);
        Optional<Topic<?, ?>> found = topics.all().stream()
                .filter(topic -> topic.name().equals(name)
                        || topic.name().equals(prefix + name)
                        || topic.name().equals(prefix + name + VERSION))
                .findFirst();
        return found.orElseThrow(() -> new Failure(
                Exit.USAGE, "there is no topic '" + name + "', allowed: " + String.join(", ", new TopicNames())));
    }
}
