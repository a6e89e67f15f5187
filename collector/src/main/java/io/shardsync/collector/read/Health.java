package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonParser;

import java.io.IOException;

/**
 * The elected master's own word on the cluster, {@code GET _cluster/health}.
 *
 * @param status green, yellow or red; null if the answer does not say
 * @param pendingTasks {@code number_of_pending_tasks}; null if the answer does not say
 */
public record Health(String status, Integer pendingTasks) {
    static final String PATH = "/_cluster/health";
    static final String FILTER = "status,number_of_pending_tasks";

    /** @throws IOException when the body is not JSON or ends early */
    public static Health read(JsonParser json) throws IOException {
        String[] status = new String[1];
        int[] pending = {-1};
        json.nextToken();
        Walk.members(json, (name, at) -> {
            switch (name) {
                case "status" -> status[0] = Walk.text(at);
                case "number_of_pending_tasks" -> pending[0] = Walk.number(at, -1);
                default -> {}
            }
        });
        return new Health(status[0], pending[0] < 0 ? null : pending[0]);
    }
}
