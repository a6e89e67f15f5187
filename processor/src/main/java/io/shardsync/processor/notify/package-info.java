/**
 * Tells alerts to the world outside Kafka: to Alertmanager, and to webhooks. It reads the alerts' topic as anybody else
 * would, in threads of its own, so that nothing out there can hold up what is judged.
 */
package io.shardsync.processor.notify;
