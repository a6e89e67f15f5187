/** Takes commands in: bytes become a command, or an answer that says what was found and what is allowed. */
package io.shardsync.actuator.intake;
