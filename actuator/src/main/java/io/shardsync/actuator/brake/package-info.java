/** The rules that say no, whatever was asked. Pure. */
package io.shardsync.actuator.brake;
