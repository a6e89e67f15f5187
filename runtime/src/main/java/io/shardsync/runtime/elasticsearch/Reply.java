package io.shardsync.runtime.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.URI;
import java.time.Duration;

/**
 * A successful answer.
 *
 * @param status 200–299
 * @param body the JSON; a missing node where there is no body
 * @param host who answered
 * @param took from sending to the last byte
 */
public record Reply(int status, JsonNode body, URI host, Duration took) {}
