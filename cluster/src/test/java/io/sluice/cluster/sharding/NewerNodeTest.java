/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.serialization.SerializerWithStringManifest;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.sluice.actors.SluiceSerializable;
import io.sluice.cluster.membership.TestCluster;
import java.io.NotSerializableException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A node of a newer program says what this one does not know. */
class NewerNodeTest {
    /** Of the newer program only. */
    record FromTheFuture(String text) implements SluiceSerializable {}

    /** Its serializer: the same one, and a message more. */
    public static final class NewerSerializer extends SerializerWithStringManifest {
        private final SluiceSerializer older = new SluiceSerializer();

        @Override
        public int identifier() {
            return older.identifier();
        }

        @Override
        public String manifest(Object message) {
            return message instanceof FromTheFuture ? "Z9" : older.manifest(message);
        }

        @Override
        public byte[] toBinary(Object message) {
            return message instanceof FromTheFuture ? new byte[3] : older.toBinary(message);
        }

        @Override
        public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
            return older.fromBinary(bytes, manifest);
        }
    }

    @Test
    void whatIsNotKnownIsDroppedAndSaidOnceAndTheRestArrives() throws Exception {
        // Given
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(SluiceSerializer.class);
        logger.addAppender(lines);
        BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
        try (TestCluster cluster = TestCluster.start(1, List.of(1))) {
            ActorSystem<Void> older = cluster.system(1);
            ActorSystem<Void> newer = cluster.add(
                    2,
                    List.of(1),
                    ConfigFactory.parseMap(Map.of("akka.actor.serializers.sluice", NewerSerializer.class.getName())));
            cluster.awaitMembers(2);
            older.systemActorOf(
                    Behaviors.receiveMessage(message -> {
                        arrived.add(message);
                        return Behaviors.same();
                    }),
                    "receiver",
                    Props.empty());
            ActorRef<Object> receiver = ActorRefResolver.get(newer)
                    .resolveActorRef(Cluster.get(older).selfAddress() + "/system/receiver");

            // When
            for (int i = 0; i < 20; i++) {
                receiver.tell(new FromTheFuture("?"));
            }
            ClaimCommand.Start known = new ClaimCommand.Start("1/x/2");
            receiver.tell(known);

            // Then
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo(known);
            assertThat(arrived).isEmpty();
            assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .singleElement()
                    .asString()
                    .contains("Z9")
                    .contains("dropped");
            cluster.awaitMembers(2);
        } finally {
            logger.detachAppender(lines);
        }
    }
}
