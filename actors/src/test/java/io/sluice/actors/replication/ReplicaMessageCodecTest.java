/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReplicaMessageCodecTest {
    /** All kinds, also those of {@link ReplicaMessage.Answer}. */
    private static List<Class<?>> kinds() {
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> kind : ReplicaMessage.class.getPermittedSubclasses()) {
            kinds.addAll(kind.isRecord() ? List.of(kind) : List.of(kind.getPermittedSubclasses()));
        }
        return kinds;
    }

    private static ReplicaMessage any(Class<?> kind, Random random) {
        RecordComponent[] fields = kind.getRecordComponents();
        Class<?>[] types = new Class<?>[fields.length];
        Object[] values = new Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            types[i] = fields[i].getType();
            values[i] = types[i] == int.class
                    ? (Object) random.nextInt()
                    : types[i] == long.class ? (Object) random.nextLong() : (Object) random.nextBoolean();
        }
        try {
            return (ReplicaMessage) kind.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a field that the test can't make up in " + kind, e);
        }
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        Random random = new Random(seed);
        for (Class<?> kind : kinds()) {
            // Given
            ReplicaMessage message = any(kind, random);

            // When
            byte[] bytes = ReplicaMessageCodec.encode(message);

            // Then
            assertThat(ReplicaMessageCodec.decode(bytes)).isEqualTo(message);
            assertThat(bytes).hasSize(ReplicaMessageCodec.size(message));
            assertThat(bytes.length).isLessThanOrEqualTo(ReplicaMessageCodec.BYTES_MAX);
        }
    }

    @Property
    void messagesFollowEachOtherWithoutLengths(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<ReplicaMessage> all =
                kinds().stream().map(kind -> any(kind, random)).toList();
        ByteBuffer bytes = ByteBuffer.allocate(all.size() * ReplicaMessageCodec.BYTES_MAX);

        // When
        all.forEach(message -> ReplicaMessageCodec.write(message, bytes));
        bytes.flip();

        // Then
        all.forEach(message -> assertThat(ReplicaMessageCodec.read(bytes)).isEqualTo(message));
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Property
    void anythingElseIsRefused(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        byte[] bytes = ReplicaMessageCodec.encode(any(kinds().get(random.nextInt(kinds().size())), random));
        int length = random.nextInt(bytes.length + 4);
        byte[] damaged = java.util.Arrays.copyOf(bytes, length);
        if (length > 0) {
            damaged[random.nextInt(length)] ^= (byte) (1 + random.nextInt(255));
        }

        // When
        ReplicaMessage read;
        try {
            read = ReplicaMessageCodec.decode(damaged);
        } catch (ReplicaMessageFormatException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }

        // Then it is another message, whole and of the same layout
        assertThat(ReplicaMessageCodec.encode(read)).isEqualTo(damaged);
    }

    @Test
    void theBytesOfAFetchAreThese() {
        // Given
        ReplicaMessage.Fetch fetch = new ReplicaMessage.Fetch(7, 0x100, 0x101, -1, 42, 6, true, false, 40);

        // When
        String bytes = HexFormat.of().formatHex(ReplicaMessageCodec.encode(fetch));

        // Then
        assertThat(bytes)
                .isEqualTo("0109" + "00000007" + "0000000000000100" + "0000000000000101" + "ffffffffffffffff"
                        + "000000000000002a"
                        + "00000006" + "01" + "00" + "0000000000000028");
    }

    @Test
    void anUnknownKindAndAnUnknownVersionAreNamed() {
        byte[] bytes = ReplicaMessageCodec.encode(new ReplicaMessage.Seek(3));
        bytes[1] = 99;
        assertThatThrownBy(() -> ReplicaMessageCodec.decode(bytes))
                .isInstanceOf(ReplicaMessageFormatException.class)
                .hasMessageContaining("kind 99");
        bytes[0] = 9;
        assertThatThrownBy(() -> ReplicaMessageCodec.decode(bytes))
                .isInstanceOf(ReplicaMessageFormatException.class)
                .hasMessageContaining("version 9");
    }
}
