/** What operations see of a service: whether it lives, whether it is ready, and its numbers. */
package io.shardsync.runtime.ops;
