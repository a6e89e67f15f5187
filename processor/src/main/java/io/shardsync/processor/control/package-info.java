/** What people decided, and every task has to heed. */
package io.shardsync.processor.control;
