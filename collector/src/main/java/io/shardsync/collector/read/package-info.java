/**
 * Reads Elasticsearch's answers, as they stream in, into the few facts that are needed. Nothing here is null by
 * accident.
 */
package io.shardsync.collector.read;
