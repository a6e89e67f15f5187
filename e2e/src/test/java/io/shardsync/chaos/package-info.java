/** Everything at once, broken by chance: what must hold all the same, checked from what stands on the topics. */
package io.shardsync.chaos;
