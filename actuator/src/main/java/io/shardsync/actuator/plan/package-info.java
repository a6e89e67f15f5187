/** Turns a diagnosis into the calls that answer it, or says why there is none. Pure. */
package io.shardsync.actuator.plan;
