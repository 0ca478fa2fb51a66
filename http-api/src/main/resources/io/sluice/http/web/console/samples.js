// SPDX-License-Identifier: Apache-2.0
/**
 * What the page knows of the cluster. Nothing is kept on the server for it: the page asks every two seconds, as long as somebody looks, and remembers a
 * quarter of an hour. Where asking takes long it asks less often.
 */
import { get, has } from './api.js';

const EVERY_MS = 2_000;
const KEPT_MS = 15 * 60_000;
/** So many topics and groups are asked about; the page says so if there are more. */
export const ASKED_MAX = 200;
/** At most a fifth of the time is spent on asking. */
const PAUSE = 4;

/** Values over time. A null is a gap: nobody looked, or nobody knew. */
export class Series {
  points = [];

  add(at, value) {
    const last = this.points.at(-1);
    if (last && at - last.at > 4 * EVERY_MS && at - last.at > 3 * (last.step ?? EVERY_MS)) this.points.push({ at: at - 1, value: null });
    this.points.push({ at, value: value ?? null, step: last ? at - last.at : EVERY_MS });
    while (this.points[0].at < at - KEPT_MS) this.points.shift();
  }

  get last() {
    return this.points.at(-1)?.value ?? null;
  }
}

/** Tells `change` after each look. */
class Samples extends EventTarget {
  cluster = null;
  nodes = [];
  /** By name: as REST describes them, with sums. */
  topics = new Map();
  /** How many topics there are beyond those. */
  topicsLeftOut = 0;
  groups = new Map();
  groupsLeftOut = 0;
  /** Nodes that could not be asked for their groups. */
  groupsUnasked = [];
  /** Why there are no groups here, if so. */
  groupsMissing = null;
  problem = null;
  at = null;
  #series = new Map();
  #plotted = null;
  /** The topics as they were when the last value was plotted. */
  #counted = new Map();
  #timer;
  #looking = false;
  #again = false;

  start() {
    document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(this.#timer) : this.look());
    return this.look();
  }

  series(name) {
    if (!this.#series.has(name)) this.#series.set(name, new Series());
    return this.#series.get(name);
  }

  /** Asks now; one look at a time. */
  async look() {
    clearTimeout(this.#timer);
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    const began = performance.now();
    const first = this.#plotted === null;
    try {
      await this.#ask();
      this.problem = null;
    } catch (error) {
      this.problem = error;
    }
    this.#looking = false;
    this.dispatchEvent(new Event('change'));
    // the first finds everything cold and says nothing of those to come
    const took = first ? 0 : performance.now() - began;
    const wait = this.#again ? 0 : Math.max(EVERY_MS - took, took * PAUSE);
    this.#again = false;
    if (!document.hidden) this.#timer = setTimeout(() => this.look(), wait);
  }

  async #ask() {
    const [cluster, nodes, { described, total }] = await Promise.all([get('/v1/cluster'), get('/v1/nodes'), pages('topics', 'name', '&offsets=all')]);
    const at = Date.now();
    Object.assign(this, { cluster, nodes: nodes.nodes, at, topicsLeftOut: Math.max(0, total - described.length) });
    // a look right after another, because something was changed, is too short for a rate
    const plotted = at - (this.#plotted ?? 0) >= EVERY_MS / 2;
    const before = this.topics;
    this.topics = new Map(described.map((topic) => {
      const earlier = before.get(topic.name);
      return [topic.name, { ...sums(topic, at), rate: plotted ? rate(topic, at, this.#counted.get(topic.name)) : earlier?.rate }];
    }));
    if (plotted) this.#plot(at);
    await this.#askGroups(at, plotted);
  }

  #plot(at) {
    this.#plotted = at;
    this.#counted = this.topics;
    for (const name of ['rate', 'bytes']) {
      let total = null;
      for (const topic of this.topics.values()) {
        this.series(`${name} ${topic.name}`).add(at, topic[name]);
        if (topic[name] != null) total = (total ?? 0) + topic[name];
      }
      this.series(name).add(at, total);
    }
    for (const [name, series] of this.#series) {
      if (series.points.at(-1)?.at < at - KEPT_MS) this.#series.delete(name);
    }
  }

  async #askGroups(at, plotted) {
    if (!await has('/v1/groups')) {
      this.groupsMissing = 'This node serves no groups over HTTP (no /v1/groups).';
      return;
    }
    try {
      const { described, total, missing } = await pages('groups', 'group');
      this.groupsUnasked = missing ?? [];
      this.groupsLeftOut = Math.max(0, total - described.length);
      this.groups = new Map(described.map((group) => [group.group, group]));
      this.groupsMissing = null;
      for (const group of plotted ? described : []) {
        const known = group.offsets?.some((offset) => offset.lag != null);
        this.series(`lag ${group.group}`).add(at, known ? group.lag : null);
        this.series(`seconds ${group.group}`).add(at, known ? group.lagSeconds : null);
      }
    } catch (error) {
      this.groupsMissing = error.message;
    }
  }
}

/** The first of them with all that is known: a request, or a few where they have many partitions. `name` is the field with their name. */
async function pages(kind, name, more = '') {
  const described = [];
  for (;;) {
    const after = described.length ? `&after=${encodeURIComponent(described.at(-1)[name])}` : '';
    const page = await get(`/v1/${kind}?details=true${more}&limit=${ASKED_MAX - described.length}${after}`);
    described.push(...page[kind]);
    if (!page.next || !page[kind].length || described.length >= ASKED_MAX) return { described, total: page.total, missing: page.missing };
  }
}

/** Adds up partitions. What the leader of a partition did not tell is not known; `unknown` counts those. */
function sums(topic, at) {
  const known = topic.partitions.filter((partition) => partition.offsets);
  const total = (value) => (known.length ? known.reduce((sum, partition) => sum + value(partition), 0) : null);
  return {
    ...topic,
    at,
    unknown: topic.partitions.length - known.length,
    leaderless: topic.partitions.filter((partition) => partition.leader == null).length,
    behind: topic.partitions.filter((partition) => (partition.inSync?.length ?? partition.replicas.length) < partition.replicas.length || partition.offline.length).length,
    bytes: total((partition) => partition.bytes),
    records: total((partition) => partition.offsets.highWatermark - partition.offsets.start),
  };
}

/** Records a second since an earlier look, over those partitions that were known at both; a topic made anew begins anew. */
function rate(topic, at, before) {
  if (!before || before.id !== topic.id || at <= before.at) return null;
  let gained = null;
  topic.partitions.forEach((partition, i) => {
    const earlier = before.partitions[i]?.offsets;
    if (partition.offsets && earlier) gained = (gained ?? 0) + Math.max(0, partition.offsets.highWatermark - earlier.highWatermark);
  });
  return gained == null ? null : (gained * 1_000) / (at - before.at);
}

export const samples = new Samples();
