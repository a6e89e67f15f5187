/** How things are said at a terminal: tables, sizes and times, a line that moves. Knows no network. */
package io.shardsync.cli.print;
