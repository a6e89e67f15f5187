/** Decides when the actuator is asked to look, and to heal. Which call is safe is the actuator's decision, not ours. */
package io.shardsync.processor.heal;
