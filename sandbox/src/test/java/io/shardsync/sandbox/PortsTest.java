package io.shardsync.sandbox;

import org.junit.jupiter.api.Test;

import java.net.ServerSocket;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class PortsTest {
    @Test
    void areDifferentAndFree() throws Exception {
        // When
        List<Integer> ports = Ports.free(20);

        // Then
        assertThat(ports).hasSize(20).doesNotHaveDuplicates();
        for (int port : ports) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(Ports.at(port));
                assertThat(socket.isBound()).isTrue();
            }
        }
    }
}
