/** Proves that copies hold the same documents, or says which they do not share; policies are pure, reading is thin. */
package io.shardsync.actuator.compare;
