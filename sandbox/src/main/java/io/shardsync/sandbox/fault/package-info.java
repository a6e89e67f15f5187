/** What can go wrong, as values: applied by {@link io.shardsync.sandbox.fault.Faults}, and undone. */
package io.shardsync.sandbox.fault;
