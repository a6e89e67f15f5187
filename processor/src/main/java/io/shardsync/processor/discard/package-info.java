/** What can't be used: set aside with its reason, counted, and nothing lost. */
package io.shardsync.processor.discard;
