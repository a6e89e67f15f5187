/** How a service is launched, how it stops in order, and how it ends when it can't go on. */
package io.shardsync.runtime.service;
