/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.cluster.DowningProvider;
import com.typesafe.config.Config;
import scala.Option;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/** Makes the actor that declares nodes dead; what it needs to know is below {@code sluice.downing}. */
public final class VoterDowningProvider extends DowningProvider {
    private final ActorSystem system;

    /** As Akka makes it. */
    public VoterDowningProvider(ActorSystem system) {
        this.system = system;
    }

    /** Who takes over need not wait: nothing that a dead node still does can harm. */
    @Override
    public FiniteDuration downRemovalMargin() {
        return Duration.Zero();
    }

    @Override
    public Option<Props> downingActorProps() {
        Config config = system.settings().config().getConfig("sluice.downing");
        return Option.apply(VoterDowning.props(new DowningRule(
                config.getInt("broker"),
                config.getIntList("voters"),
                config.getDuration("minority-grace").toMillis())));
    }
}
