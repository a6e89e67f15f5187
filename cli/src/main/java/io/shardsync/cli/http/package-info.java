/** Asking a processor over HTTP. */
package io.shardsync.cli.http;
