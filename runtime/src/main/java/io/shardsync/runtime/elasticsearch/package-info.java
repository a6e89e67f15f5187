/** The connection to Elasticsearch: calls as values, answers as streams, failures by name, nothing ever sent twice. */
package io.shardsync.runtime.elasticsearch;
