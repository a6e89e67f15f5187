/** Which of two collections of a cluster is the newer one. */
package io.shardsync.processor.order;
