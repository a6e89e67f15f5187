package io.shardsync.sandbox;

import java.util.List;

/**
 * What a write load writes.
 *
 * @param indices names, at least one; each operation goes to one of them by chance. They are created by the first write
 *     where they do not exist
 * @param operationsPerSecond over all indices, 1 to 50,000
 * @param seed the same seed makes the same sequence of operations as long as all are acknowledged
 */
public record WriteLoadSpec(List<String> indices, int operationsPerSecond, long seed) {
    private static final int MOST = 50_000;

    /** @throws IllegalArgumentException naming the field, the value and what is allowed */
    public WriteLoadSpec {
        indices = List.copyOf(indices);
        if (indices.isEmpty()) {
            throw new IllegalArgumentException("write load: indices is empty, at least one is needed");
        }
        if (operationsPerSecond < 1 || operationsPerSecond > MOST) {
            throw new IllegalArgumentException(
                    "write load: operationsPerSecond is " + operationsPerSecond + ", allowed is 1 to " + MOST);
        }
    }

    /** With a fixed seed. */
    public static WriteLoadSpec of(int operationsPerSecond, String... indices) {
        return new WriteLoadSpec(List.of(indices), operationsPerSecond, 1);
    }
}
