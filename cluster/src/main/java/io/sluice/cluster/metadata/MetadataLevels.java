/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

/**
 * Levels of the metadata that a program knows. The cluster is at one level, which is in the metadata as the feature {@link #FEATURE}; each record type, each version of
 * one and each rule that all nodes must share belongs to a level, and nobody writes what belongs to a higher one than the cluster's. So a node is let in if it knows
 * the cluster's level, and the level rises once every registered node knows the higher one (docs/operations.md).
 *
 * <pre>
 *   level 1   everything so far
 * </pre>
 *
 * @param min lowest that it can work at
 * @param max highest
 */
public record MetadataLevels(short min, short max) {
    /** Name of the feature. */
    public static final String FEATURE = "sluice.metadata.version";

    /** The first level; of a node that has not said which it knows. */
    public static final MetadataLevels FIRST = new MetadataLevels(1, 1);

    /** Of this program. */
    public static final MetadataLevels KNOWN = FIRST;

    public MetadataLevels {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("levels " + min + " to " + max);
        }
    }

    public MetadataLevels(int min, int max) {
        this((short) min, (short) max);
    }

    public boolean has(int level) {
        return level >= min && level <= max;
    }

    /** The cluster's level. */
    public static short of(MetadataImage image) {
        return image.features().getOrDefault(FEATURE, FIRST.max());
    }

    /** In words: a node of these levels, and a cluster of that. */
    public String against(short level) {
        return "the cluster's metadata is at level " + level + ", this program knows level "
                + (min == max ? "" + max : min + " to " + max) + ": start "
                + (level > max
                        ? "a newer one"
                        : "an older one, and raise the level of the cluster when all nodes are newer");
    }
}
