// @ts-check
/** Sight: what is seen in a frame, what is wrong with it, and who models say it is. */

import { intersectionOverUnion } from './box.js';
import { look, square } from './describe.js';
import { APART, mainFace, mainFirst, sure } from './finder.js';
import { answer } from './head.js';
import { hog } from './hog.js';
import { network } from './network.js';
import { remark } from './quality.js';
import { bytes, request } from './server.js';
import { Track } from './track.js';

/** @typedef {import('./grey.js').Frame} Frame */
/** @typedef {import('./box.js').Face} Face */
/** @typedef {import('./head.js').Head} Head */
/** @typedef {import('./network.js').Net} Net */

/** @type {Promise<Net> | undefined} */ let loading;
/** @type {Map<string, Head>} */ let heads = new Map();
/** @type {Frame | null} */ let before = null;
let track = new Track(), showing = 0;

/** The face finder's networks, fetched once. */
export function eyes() {
  loading ??= fetched();
  loading.catch(() => (loading = undefined)); // the next one tries again
  return loading;
}

/** @returns {Promise<Net>} */
async function fetched() {
  const [told, numbers] = await Promise.all([request('/weights.json'), request('/weights.bin')]);
  return network((await told.json()).layers, new Float32Array(await numbers.arrayBuffer()));
}

/**
 * Look at a frame: its sure faces, the main one first, its defect, and each model's probabilities,
 * all 0 for nobody.
 * @param {Frame} frame
 * @param {string[]} models
 * @param {number} follow 0 for a frame of its own, else the number of the showing whose face is followed
 * @returns {Promise<{faces: Face[], remark: string, answers: Map<string, number[]>}>}
 */
export async function see(frame, models, follow) {
  const net = await eyes();
  // those asked and no others: a removed model leaves nothing behind
  heads = new Map(await Promise.all(models.map(headOf)));
  if (follow !== showing) [track, showing] = [new Track(), follow];
  const { grey, found } = look(frame, net);
  const main = follow ? track.follow(found) : mainFace(found);
  const faces = mainFirst(sure(found));
  const defect = remark(frame, before, faces);
  before = frame;
  const vector = main && models.length ? hog(square(grey, main)) : null;
  const answers = new Map(
    [...heads].map(([id, head]) => [id, vector ? answer(vector, head) : Array(head.bias.length).fill(0)]),
  );
  // where a face is and where it is followed to are two boxes of one
  const others = faces.filter((face) => !main || intersectionOverUnion(face, main) < APART);
  return { faces: main ? [main, ...others] : others, remark: defect, answers };
}

/** @param {string} id @returns {Promise<[string, Head]>} */
async function headOf(id) {
  const known = heads.get(id);
  if (known) return [id, known];
  const { mean, norm, kernel, bias } = await (await request(`/api/models/${encodeURIComponent(id)}/weights`)).json();
  const [m, k, b] = [mean, kernel, bias].map((text) => new Float32Array(bytes(text)));
  return [id, { mean: m, norm, kernel: k, bias: b }];
}
