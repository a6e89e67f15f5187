package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;

/**
 * An Elasticsearch node loses power (SIGKILL). Undone by starting it with the data it has.
 *
 * @param node its name, such as {@code n2}
 */
public record KillNode(String node) implements Fault {
    @Override
    public Runnable inject(Sandbox sandbox) {
        ElasticsearchNode victim = sandbox.elasticsearch(node);
        victim.kill();
        return victim::start;
    }
}
