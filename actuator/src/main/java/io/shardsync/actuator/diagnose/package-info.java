/** Says why copies are not as they should be: which decider, which setting, which node, how many bytes. */
package io.shardsync.actuator.diagnose;
