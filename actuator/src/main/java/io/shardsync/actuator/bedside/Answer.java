package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

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

    /** How many reroute commands it explains; 0 where it was not asked to. */
    public int explained() {
        return body.path("explanations").size();
    }

    /**
     * The reroute commands that were not carried out although the status says success, each with the deciders that said
     * no: {@code explanations[].decisions}.
     */
    public List<String> refusals() {
        List<String> refusals = new ArrayList<>();
        for (JsonNode explanation : body.path("explanations")) {
            List<String> no = new ArrayList<>();
            for (JsonNode decision : explanation.path("decisions")) {
                if (decision.path("decision").asText().equals("NO")) {
                    no.add(decision.path("decider").asText() + ": "
                            + decision.path("explanation").asText());
                }
            }
            if (!no.isEmpty()) {
                refusals.add(explanation.path("command").asText() + " refused by " + String.join("; ", no));
            }
        }
        return refusals;
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
