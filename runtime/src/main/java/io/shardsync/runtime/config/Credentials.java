package io.shardsync.runtime.config;

/** How a service proves to Elasticsearch who it is. */
public sealed interface Credentials {
    /** Not at all: security is off there, or a proxy takes care of it. */
    record None() implements Credentials {}

    /** User name and password. */
    record Basic(String username, Secret password) implements Credentials {}

    /** An API key in its encoded form, as Elasticsearch returns it in {@code encoded}. */
    record ApiKey(Secret encoded) implements Credentials {}
}
