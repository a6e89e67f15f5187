package io.shardsync.sandbox;

/** One line, or two, of a bulk request. */
record WriteOperation(Kind kind, String index, String id, long value) {
    enum Kind {
        INDEX,
        UPDATE,
        DELETE
    }

    /** As {@code _bulk} wants it, with the final line feed. */
    String lines() {
        String target = "{\"_index\":\"" + index + "\",\"_id\":\"" + id + "\"}}\n";
        return switch (kind) {
            case INDEX -> "{\"index\":" + target + "{\"value\":" + value + ",\"text\":\"order " + id + "\"}\n";
            case UPDATE -> "{\"update\":" + target + "{\"doc\":{\"value\":" + value + "}}\n";
            case DELETE -> "{\"delete\":" + target;
        };
    }
}
