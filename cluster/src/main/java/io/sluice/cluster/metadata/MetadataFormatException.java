/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

/** Metadata that this program can't understand: damaged, or written by a newer one. */
public final class MetadataFormatException extends RuntimeException {
    public MetadataFormatException(String message) {
        super(message);
    }
}
