/** Damaged inputs for every reader; other modules' tests use it too. */
package io.shardsync.schemas.fuzz;
