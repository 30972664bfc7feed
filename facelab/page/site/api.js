// @ts-check
/** @import { Model, Parameter, Person, Photo, State } from './types' */
/** The server's HTTP interface: JSON out, JSON or bytes in. */

import { language, say, translated } from './words.js';

/** The server answered, and refused: `message` is its line. */
export class Refusal extends Error {
  /** @param {number} status @param {string} line */
  constructor(status, line) {
    super(translated(line));
    this.status = status;
  }
}

/** The server did not answer: it is stopped, or the connection is cut. */
export class Unreachable extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function request(path, options) {
  const answer = await fetch(path, { credentials: 'same-origin', ...options }).catch(() => {
    throw new Unreachable(say('offline'));
  });
  if (answer.ok) return answer;
  const text = await answer.text().catch(() => '');
  let line = text.trim() || answer.statusText;
  try {
    line = JSON.parse(text).error ?? line;
  } catch {
    // not JSON: the text is the line
  }
  throw new Refusal(answer.status, line);
}

/** @param {string} path @param {BodyInit} [body] @param {string} [type] */
async function post(path, body = '{}', type = 'application/json') {
  return (await request(path, { method: 'POST', body, headers: { 'content-type': type } })).json();
}

const part = encodeURIComponent;

/** A model by its name in the reader's language; a file's name is its own. @param {Model} model @returns {Model} */
export const named = (model) =>
  model.engine === 'file' ? model : { ...model, name: translated(model.name) };

/** @param {Parameter} parameter @returns {Parameter} */
const worded = (parameter) => ({
  ...parameter,
  name: translated(parameter.name),
  meaning: translated(parameter.meaning),
});

/** The state, its words in the reader's language. @returns {Promise<State>} */
export async function readState() {
  /** @type {State} */
  const state = await (await request('/api/state')).json();
  const { tensorflowjs } = state;
  return {
    ...state,
    why: translated(state.why),
    sentence: translated(state.sentence),
    parameters: state.parameters.map(worded),
    seed: worded(state.seed),
    tensorflowjs: { ...tensorflowjs, how: translated(tensorflowjs.how) },
    models: state.models.map(named),
  };
}

/** Keep that a person agrees to the sentence as it was read. @param {string} name @returns {Promise<Person>} */
export const agree = (name) => post('/api/people', JSON.stringify({ name, language }));

/** @param {string} name @returns {Promise<{removed: string[]}>} */
export const forget = (name) => post(`/api/people/${part(name)}/forget`);

/**
 * `file`: the name of an uploaded one.
 * @param {string} name
 * @param {string} burst
 * @param {Blob} picture
 * @param {string} file
 * @returns {Promise<Photo & {revision: number}>} and the revision of the state that shows it
 */
export const keepPhoto = (name, burst, picture, file) =>
  post(
    `/api/people/${part(name)}/photos?burst=${part(burst)}${file && `&name=${part(file)}`}`,
    picture,
    picture.type || 'application/octet-stream',
  );

/** @param {string} file */
export const removePhoto = (file) => post('/api/photos/remove', JSON.stringify({ file }));

/** @param {string} file */
export const photoAddress = (file) => `/api/photo?file=${part(file)}`;

/** @param {string} id @param {string} what */
export const modelAddress = (id, what) => `/api/models/${part(id)}/${what}`;

/** @param {string} id */
export const removeModel = (id) => post(modelAddress(id, 'remove'));

/** @param {File} file @returns {Promise<Model>} */
export const loadModel = (file) =>
  post(`/api/models/file?name=${part(file.name)}`, file, 'application/octet-stream');

/**
 * The points of a model.
 * @param {string} id
 * @returns {Promise<{loss: Float32Array, accuracy: Float32Array}>}
 */
export async function readCurve(id) {
  const { loss, accuracy } = await (await request(modelAddress(id, 'curve'))).json();
  return { loss: floats(loss), accuracy: floats(accuracy) };
}

/** Float32 numbers, little-endian, in base64. @param {string} text */
function floats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
