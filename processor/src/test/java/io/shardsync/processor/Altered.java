package io.shardsync.processor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.topic.Json;

/** A collection like another, but for some of its fields. */
public final class Altered {
    private Altered() {}

    /** @param fields name, as it is on the topic, and value in turn */
    public static ClusterSnapshot collection(ClusterSnapshot like, Object... fields) {
        ObjectNode tree = Json.MAPPER.valueToTree(like);
        for (int i = 0; i < fields.length; i += 2) {
            tree.set((String) fields[i], Json.MAPPER.valueToTree(fields[i + 1]));
        }
        return Json.MAPPER.convertValue(tree, ClusterSnapshot.class);
    }
}
