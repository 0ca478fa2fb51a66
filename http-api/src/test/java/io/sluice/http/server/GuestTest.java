/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuestTest {
    private final Guest guest = new Guest();
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void whatIsToBeDoneIsDoneOnceWhenTheConnectionIsGone() {
        guest.onClose(done::incrementAndGet);
        guest.onClose(done::incrementAndGet);
        assertThat(done).hasValue(0);

        guest.close();
        guest.close();

        assertThat(done).hasValue(2);
    }

    @Test
    void whoIsDoneBeforeIsForgotten() {
        Runnable forget = guest.onClose(done::incrementAndGet);
        forget.run();

        guest.close();

        assertThat(done).hasValue(0);
    }

    @Test
    void whoComesTooLateIsDoneAtOnce() {
        guest.close();

        guest.onClose(done::incrementAndGet);

        assertThat(done).hasValue(1);
    }
}
