/** Carries commands out, stage by stage, without ever keeping the intake waiting. */
package io.shardsync.actuator.execute;
