package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a consistency check found. */
public enum Verdict {
    @JsonProperty("consistent")
    CONSISTENT,
    @JsonProperty("divergent")
    DIVERGENT,
    /** It could not be told, and the report says why; never counted as consistent. */
    @JsonProperty("inconclusive")
    INCONCLUSIVE
}
