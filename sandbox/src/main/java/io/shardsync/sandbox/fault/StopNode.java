package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;

/**
 * An Elasticsearch node is shut down (SIGTERM), as for maintenance. Undone by starting it with the data it has.
 *
 * @param node its name, such as {@code n2}
 */
public record StopNode(String node) implements Fault {
    @Override
    public Runnable inject(Sandbox sandbox) {
        ElasticsearchNode victim = sandbox.elasticsearch(node);
        victim.stop();
        return victim::start;
    }
}
