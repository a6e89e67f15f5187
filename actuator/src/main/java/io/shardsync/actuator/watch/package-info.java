/** Judges what the routing table shows after a call: healed, stuck, too long, or still on its way. Pure. */
package io.shardsync.actuator.watch;
