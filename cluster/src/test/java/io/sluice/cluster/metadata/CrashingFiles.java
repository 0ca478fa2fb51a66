/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Set;

/** A real file system until the process dies: at a certain change, of which half is done if it is a write; nothing is changed after that. */
final class CrashingFiles {
    private static final Set<String> CHANGES =
            Set.of("create", "append", "force", "truncate", "replace", "delete", "makeDirectories", "forceDirectory");

    private int changesLeft;

    private CrashingFiles(int changesLeft) {
        this.changesLeft = changesLeft;
    }

    /** Dies instead of the change after {@code changes} ones. */
    static LogFiles after(int changes) {
        return new CrashingFiles(changes).proxy(LogFiles.class, new NioLogFiles());
    }

    private <T> T proxy(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(real, method, arguments)));
    }

    private Object call(Object real, Method method, Object[] arguments) throws Throwable {
        if (method.isDefault()) {
            // In terms of the others, so that it can die in between.
            return java.lang.reflect.InvocationHandler.invokeDefault(
                    proxy(LogFiles.class, (LogFiles) real), method, arguments);
        }
        if (CHANGES.contains(method.getName()) && --changesLeft < 0) {
            if (changesLeft == -1 && method.getName().equals("append") && arguments[0] instanceof ByteBuffer bytes) {
                ((LogFile) real).append(bytes.slice(bytes.position(), bytes.remaining() / 2));
            }
            throw new IOException("the process is dead");
        }
        try {
            Object result = method.invoke(real, arguments);
            return result instanceof LogFile file ? proxy(LogFile.class, file) : result;
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }
}
