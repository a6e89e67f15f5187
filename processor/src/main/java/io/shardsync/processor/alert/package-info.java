/** Judges each cluster as a whole, and gives what is wrong with it a life: pending, firing, resolved, unknown. */
package io.shardsync.processor.alert;
