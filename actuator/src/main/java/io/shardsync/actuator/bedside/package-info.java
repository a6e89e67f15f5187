/** What is read at the bedside, fresh from one cluster, and how it is asked; judges nothing. */
package io.shardsync.actuator.bedside;
