package io.shardsync.runtime.elasticsearch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

/**
 * Ends a body that trickles in for ever: a socket's timeout starts anew with each byte. One read can overrun the
 * deadline by the socket's timeout, so an answer takes at most twice the call's.
 */
final class DeadlineStream extends FilterInputStream {
    private final long deadlineNanos;

    DeadlineStream(InputStream body, long deadlineNanos) {
        super(body);
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public int read() throws IOException {
        check();
        return super.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        check();
        return super.read(buffer, offset, length);
    }

    private void check() throws IOException {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new SocketTimeoutException("the answer took longer than the call's timeout");
        }
    }
}
