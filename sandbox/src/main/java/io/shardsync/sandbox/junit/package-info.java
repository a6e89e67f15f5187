/** JUnit gets a sandbox: one for all test classes of a JVM. */
package io.shardsync.sandbox.junit;
