// @ts-check
/** Photos of the gallery, as the server gives them back: decoded, described, each once. */

import { describe } from './describe.js';
import { request } from './server.js';

/** @typedef {import('./grey.js').Frame} Frame */
/** @typedef {import('./network.js').Net} Net */

/** The vectors of the last lesson's photos by the digest of their files; of no others: people are forgotten. */
let known = new Map();

/**
 * Describe photos.
 * @param {{file: string, digest: string}[]} photos
 * @param {Net} net
 * @param {(done: number) => Promise<void>} told called after each
 * @returns {Promise<Float32Array[]>}
 */
export async function vectorsOf(photos, net, told) {
  const before = known;
  known = new Map();
  for (const [i, { file, digest }] of photos.entries()) {
    known.set(digest, before.get(digest) ?? known.get(digest) ?? describe(await photo(file), net));
    await told(i + 1);
  }
  return photos.map(({ digest }) => known.get(digest));
}

/** @param {string} file @returns {Promise<Frame>} */
async function photo(file) {
  const picture = await (await request(`/api/photo?file=${encodeURIComponent(file)}`)).blob();
  try {
    return await decoded(picture);
  } catch {
    throw new Error(`${file}: this browser cannot read the picture; take it again, or train on this computer`);
  }
}

/**
 * The pixels of a picture, as they are stored: no colour profile is applied, but the orientation is.
 * @param {Blob} picture
 * @returns {Promise<Frame>}
 */
export async function decoded(picture) {
  const image = await createImageBitmap(picture, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  image.close();
  return { rgba: context.getImageData(0, 0, width, height).data, width, height };
}
