package io.shardsync.sandbox.fault;

import io.shardsync.sandbox.ElasticsearchNode;
import io.shardsync.sandbox.Sandbox;

/**
 * An Elasticsearch node cannot write new shards. Elasticsearch tries five times to allocate a copy to it and gives up:
 * {@code max_retry}. Undoing it repairs the path alone; the given-up copies stay so until somebody asks for a retry.
 *
 * @param node its name, such as {@code n2}
 */
public record ReadOnlyDataPath(String node) implements Fault {
    @Override
    public Runnable inject(Sandbox sandbox) {
        ElasticsearchNode victim = sandbox.elasticsearch(node);
        victim.setShardsWritable(false);
        return () -> victim.setShardsWritable(true);
    }
}
