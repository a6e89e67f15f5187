/** Where a service's settings come from, what is allowed in them, and what is said when they are wrong. */
package io.shardsync.runtime.config;
