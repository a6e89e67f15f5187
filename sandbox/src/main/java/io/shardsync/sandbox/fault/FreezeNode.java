package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;

/**
 * An Elasticsearch node hangs (SIGSTOP): connected, and silent. For about 30 seconds the cluster takes it for a member,
 * stays green and blocks whatever needs it.
 *
 * @param node its name, such as {@code n2}
 */
public record FreezeNode(String node) implements Fault {
    @Override
    public Runnable inject(Sandbox sandbox) {
        ElasticsearchNode victim = sandbox.elasticsearch(node);
        victim.freeze();
        return victim::thaw;
    }
}
