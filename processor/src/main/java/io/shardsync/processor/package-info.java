/**
 * The brain: joins primaries with their replicas, judges, alerts, and decides when to ask for a recovery. It never
 * talks to Elasticsearch. A package per step; {@link io.shardsync.processor.ProcessorTopology} shows how they follow.
 */
package io.shardsync.processor;
