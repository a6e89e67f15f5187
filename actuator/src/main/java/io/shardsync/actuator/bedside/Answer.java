package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What Elasticsearch answered. A success by its status proves nothing about the shards.
 *
 * @param status HTTP status
 * @param body parsed; a missing node where there was none
 */
public record Answer(int status, JsonNode body) {
    public boolean ok() {
        return status >= 200 && status < 300;
    }

    /** What Elasticsearch complains about, for people. */
    public String complaint() {
        JsonNode error = body.path("error");
        String reason = error.path("reason").asText(error.asText(""));
        return "HTTP " + status
                + (error.path("type").isMissingNode()
                        ? ""
                        : " " + error.path("type").asText())
                + (reason.isEmpty() ? "" : ": " + reason);
    }
}
