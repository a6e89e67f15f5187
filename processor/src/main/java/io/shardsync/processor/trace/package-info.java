/** What lets a record be followed from where it was collected to what came of it. */
package io.shardsync.processor.trace;
