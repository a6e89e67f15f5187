package io.shardsync.sandbox;

import io.shardsync.sandbox.WriteOperation.Kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Which operation comes next: of ten, seven add a document, two change one and one deletes one. Only documents that
 * were acknowledged are changed or deleted, and none twice in a batch.
 */
final class WritePlan {
    private static final int INDEX_OF_TEN = 7;
    private static final int UPDATE_OF_TEN = 2;

    /** Documents an index may come to; then one is written anew instead of added. An hour of load fits into memory. */
    private static final int MOST_DOCUMENTS = 200_000;

    private final List<String> indices;
    private final Random random;
    private final Map<String, List<String>> living = new HashMap<>();
    private long next;

    WritePlan(WriteLoadSpec spec) {
        indices = spec.indices();
        random = new Random(spec.seed());
        indices.forEach(index -> living.put(index, new ArrayList<>()));
    }

    /** The next operations, one batch. */
    synchronized List<WriteOperation> next(int count) {
        List<WriteOperation> batch = new ArrayList<>();
        Set<String> touched = new HashSet<>();
        while (batch.size() < count) {
            WriteOperation operation = one();
            if (touched.add(operation.index() + "/" + operation.id())) {
                batch.add(operation);
            } else if (operation.kind() == Kind.DELETE) {
                living.get(operation.index()).add(operation.id());
            }
        }
        return batch;
    }

    /** The document of this operation is known to be there. */
    synchronized void acknowledged(WriteOperation operation) {
        List<String> ids = living.get(operation.index());
        if (operation.kind() == Kind.INDEX && ids.size() < MOST_DOCUMENTS) {
            ids.add(operation.id());
        }
    }

    /** Documents that were acknowledged and never asked to be deleted: they must be there, whatever happened. */
    synchronized Set<String> living(String index) {
        return Set.copyOf(living.getOrDefault(index, List.of()));
    }

    private WriteOperation one() {
        String index = indices.get(random.nextInt(indices.size()));
        List<String> ids = living.get(index);
        int dice = random.nextInt(10);
        long value = next++;
        if (ids.isEmpty() || (dice < INDEX_OF_TEN && ids.size() < MOST_DOCUMENTS)) {
            return new WriteOperation(Kind.INDEX, index, "d" + value, value);
        }
        int place = random.nextInt(ids.size());
        if (dice < INDEX_OF_TEN + UPDATE_OF_TEN) {
            return new WriteOperation(Kind.UPDATE, index, ids.get(place), value);
        }
        String id = ids.get(place);
        // The order does not matter, and moving the last one is cheaper than moving all.
        ids.set(place, ids.get(ids.size() - 1));
        ids.remove(ids.size() - 1);
        return new WriteOperation(Kind.DELETE, index, id, value);
    }
}
