package io.shardsync.actuator.bedside;

/**
 * A shard within one cluster. Written {@code index/number}, as in {@code orders/0}.
 *
 * @param index the index's name
 * @param number from 0
 */
public record ShardId(String index, int number) implements Comparable<ShardId> {

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is not {@code index/number}
     */
    public static ShardId parse(String text) {
        int slash = text.lastIndexOf('/');
        try {
            return new ShardId(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "shard '" + text + "' is not of the form index/number, for instance orders/0", e);
        }
    }

    @Override
    public int compareTo(ShardId other) {
        int byIndex = index.compareTo(other.index);
        return byIndex != 0 ? byIndex : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return index + "/" + number;
    }
}
