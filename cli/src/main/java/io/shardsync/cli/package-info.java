/** The command line: the same questions and commands as over HTTP, for people at a terminal and for scripts. */
package io.shardsync.cli;
