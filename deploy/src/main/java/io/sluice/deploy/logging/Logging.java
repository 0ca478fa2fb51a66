/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging of the process. Done in code, since parsing a configuration file costs a noticeable part of the start-up time;
 * whoever names one with {@code -Dlogback.configurationFile=FILE} gets that instead.
 */
public final class Logging {
    private static final String FILE_SIZE_MAX = "50MB";
    private static final int FILES_MAX = 5;

    private Logging() {}

    /** For commands: they say themselves what is wrong. */
    public static void off() {
        configure(Level.OFF, Level.OFF, null);
    }

    /**
     * For the broker.
     *
     * @param level of what Sluice says; libraries are heard from WARN on, unless this is DEBUG or TRACE
     * @param file also written to, with stack traces, in {@value #FILES_MAX} files of {@value #FILE_SIZE_MAX}; null for none
     */
    public static void broker(String level, Path file) {
        Level own = Level.toLevel(level, Level.INFO);
        configure(own, own.isGreaterOrEqual(Level.WARN) ? own : Level.WARN, file);
    }

    private static void configure(Level own, Level libraries, Path file) {
        if (System.getProperty("logback.configurationFile") != null
                || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        context.reset();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(libraries);
        context.getLogger("io.sluice").setLevel(own);
        if (libraries == Level.WARN) {
            // warns at every start that the cluster is not formed yet
            context.getLogger("akka.cluster.sharding.ShardRegion").setLevel(Level.ERROR);
            // warns several times a second of a node that is not there; who is missed is said once by the membership
            // itself
            context.getLogger("akka.stream.Materializer").setLevel(Level.ERROR);
            // tells of every message of a newer node that is not known here; the serializer tells of the first
            context.getLogger("akka.remote.artery.Deserializer").setLevel(Level.OFF);
        }
        if (own == Level.OFF) {
            return;
        }
        root.addAppender(console(context, !own.isGreaterOrEqual(Level.INFO)));
        if (file != null) {
            root.addAppender(file(context, file));
        }
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, boolean stackTraces) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, stackTraces));
        console.start();
        return console;
    }

    private static Appender<ILoggingEvent> file(LoggerContext context, Path file) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder(context, true));
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(FILES_MAX - 1);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(FILE_SIZE_MAX));
        size.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }

    private static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext context, boolean stackTraces) {
        LineLayout layout = new LineLayout(ZoneId.systemDefault(), stackTraces);
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        return encoder;
    }
}
