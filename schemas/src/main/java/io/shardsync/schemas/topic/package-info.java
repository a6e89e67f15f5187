/** The topics' names, keys, values, settings and serdes: the one place that knows them. */
package io.shardsync.schemas.topic;
