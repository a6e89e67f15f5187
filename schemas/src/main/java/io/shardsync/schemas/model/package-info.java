/** What ShardSync's topics carry: one record per topic value, immutable, named as the contract names them. */
package io.shardsync.schemas.model;
