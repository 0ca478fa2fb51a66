// SPDX-License-Identifier: Apache-2.0
/** REST, as docs/http.md describes it. */

/** What the server refused, or that it did not answer; the message is a sentence for people. */
export class Refused extends Error {
  constructor(status, kind, message) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

const PATIENCE_MS = 30_000;

export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new Refused(0, 'no-answer', error.name === 'TimeoutError' ? 'The node does not answer in time.' : 'The node does not answer.');
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const kind = String(answer?.type ?? '').replace('urn:sluice:problem:', '');
  throw new Refused(response.status, kind, answer?.detail ?? `The node answered ${response.status} ${response.statusText}.`);
}

export const get = (path) => call('GET', path);

/** The path of a topic's resource. */
export const topicPath = (name, rest = '') => `/v1/topics/${encodeURIComponent(name)}${rest}`;

let paths;

/** Whether this node's version has a resource, by its own description: asking for one that is missing would be an error. */
export async function has(template) {
  paths ??= get('/v1/openapi.json').then((file) => Object.keys(file.paths)).catch((error) => {
    paths = undefined;
    throw error;
  });
  return (await paths).includes(template);
}
