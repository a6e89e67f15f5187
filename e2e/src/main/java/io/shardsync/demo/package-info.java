/** Shows ShardSync at work on one machine: real servers, the three services, a write load, and a story of faults. */
package io.shardsync.demo;
