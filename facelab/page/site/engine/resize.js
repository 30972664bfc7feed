// @ts-check
/** Resizing, bit for bit as OpenCV's: means over areas where a picture shrinks, else linear. */

import { rint } from './grey.js';

/** @typedef {import('./grey.js').Grey} Grey */

const f32 = Math.fround;

/**
 * Scale a picture to a size, as `crop.scaled`.
 * @param {Grey} grey
 * @param {number} width
 * @param {number} height
 * @returns {Grey}
 */
export function scaled(grey, width, height) {
  return resized(grey, width, height, width < grey.width);
}

/**
 * Scale a picture to a size: by means over areas or, unless `areas`, by linear interpolation.
 * @param {Grey} grey
 * @param {number} width
 * @param {number} height
 * @param {boolean} areas
 * @returns {Grey}
 */
export function resized(grey, width, height, areas) {
  if (grey.width === width && grey.height === height) return grey;
  // OpenCV has the scale as the inverse of its inverse, which may be another number
  const across = 1 / (width / grey.width), down = 1 / (height / grey.height);
  const data = new Uint8Array(width * height);
  if (!areas) linear(grey, data, width, height, across, down);
  else if (isWhole(across) && isWhole(down)) means(grey, data, width, Math.round(across), Math.round(down));
  else shares(grey, data, width, height, across, down);
  return { data, width, height };
}

/**
 * Cut a square out of a picture, whose edges are drawn out, and scale it to `pixels` x `pixels`.
 * @param {Grey} grey
 * @param {number} left
 * @param {number} top
 * @param {number} side
 * @param {number} pixels
 * @returns {Grey}
 */
export function cut(grey, left, top, side, pixels) {
  return scaled(window(grey, left, top, side, side), pixels, pixels);
}

/**
 * Look at a picture through a window, which shows its edges drawn out where it reaches beyond.
 * @param {Grey} grey
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @returns {Grey}
 */
export function window(grey, left, top, width, height) {
  const data = new Uint8Array(width * height);
  const last = grey.width - 1;
  // columns of the window that show the picture itself
  const from = clamp(-left, 0, width), to = clamp(grey.width - left, from, width);
  for (let y = 0; y < height; y++) {
    const row = clamp(top + y, 0, grey.height - 1) * grey.width, at = y * width;
    data.fill(grey.data[row + clamp(left, 0, last)], at, at + from);
    if (to > from) data.set(grey.data.subarray(row + left + from, row + left + to), at + from);
    data.fill(grey.data[row + clamp(left + width - 1, 0, last)], at + to, at + width);
  }
  return { data, width, height };
}

/** @param {number} x @param {number} low @param {number} high */
const clamp = (x, low, high) => Math.max(low, Math.min(high, x));

/** @param {number} scale */
const isWhole = (scale) => Math.abs(scale - Math.round(scale)) < Number.EPSILON;

/**
 * Means over cells of `nx` x `ny` whole pixels.
 * @param {Grey} grey
 * @param {Uint8Array} out
 * @param {number} width
 * @param {number} nx
 * @param {number} ny
 */
function means(grey, out, width, nx, ny) {
  const share = f32(1 / (nx * ny)), isFour = nx === 2 && ny === 2;
  const sums = new Float64Array(width);
  for (let y = 0, at = 0; at < out.length; y++) {
    sums.fill(0);
    for (let j = 0; j < ny; j++) {
      let p = (y * ny + j) * grey.width;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let i = 0; i < nx; i++) sum += grey.data[p++];
        sums[x] += sum;
      }
    }
    for (let x = 0; x < width; x++, at++) out[at] = isFour ? (sums[x] + 2) >> 2 : rint(f32(f32(sums[x]) * share));
  }
}

/**
 * Means over areas that cut through pixels: each pixel counts by its share, in single precision.
 * @param {Grey} grey
 * @param {Uint8Array} out
 * @param {number} width
 * @param {number} height
 * @param {number} across
 * @param {number} down
 */
function shares(grey, out, width, height, across, down) {
  const columns = sharesOf(grey.width, width, across), rows = sharesOf(grey.height, height, down);
  const line = new Float32Array(width), sum = new Float32Array(width);
  for (let y = 0, k = 0; y < height; y++) {
    sum.fill(0);
    for (; k < rows.to.length && rows.to[k] === y; k++) {
      const start = rows.from[k] * grey.width, beta = rows.share[k];
      line.fill(0);
      for (let i = 0; i < columns.to.length; i++) {
        const x = columns.to[i];
        line[x] = f32(line[x] + f32(grey.data[start + columns.from[i]] * columns.share[i]));
      }
      for (let x = 0; x < width; x++) sum[x] = f32(sum[x] + f32(beta * line[x]));
    }
    for (let x = 0; x < width; x++) out[y * width + x] = clamp(rint(sum[x]), 0, 255);
  }
}

/**
 * Return which pixels of a line of `size` count for which of `wanted`, and by which share.
 * @param {number} size
 * @param {number} wanted
 * @param {number} scale
 */
function sharesOf(size, wanted, scale) {
  /** @type {number[]} */ const from = [];
  /** @type {number[]} */ const to = [];
  /** @type {number[]} */ const share = [];
  const add = (/** @type {number} */ pixel, /** @type {number} */ place, /** @type {number} */ part) => {
    from.push(pixel);
    to.push(place);
    share.push(f32(part));
  };
  for (let d = 0; d < wanted; d++) {
    const start = d * scale, end = start + scale, cell = Math.min(scale, size - start);
    const last = Math.min(Math.floor(end), size - 1), first = Math.min(Math.ceil(start), last);
    if (first - start > 1e-3) add(first - 1, d, (first - start) / cell);
    for (let pixel = first; pixel < last; pixel++) add(pixel, d, 1 / cell);
    if (end - last > 1e-3) add(last, d, Math.min(Math.min(end - last, 1), cell) / cell);
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to), share: Float32Array.from(share) };
}

/**
 * Interpolation between four pixels, in whole 2048ths.
 * @param {Grey} grey
 * @param {Uint8Array} out
 * @param {number} width
 * @param {number} height
 * @param {number} across
 * @param {number} down
 */
function linear(grey, out, width, height, across, down) {
  const lastColumn = grey.width - 1, lastRow = grey.height - 1;
  const columns = Array.from({ length: width }, (_, x) => {
    const { place, share } = between(x, across);
    if (place < 0) return [0, 0, 2048, 0];
    if (place >= lastColumn) return [lastColumn, lastColumn, 2048, 0];
    return [place, place + 1, rint(f32(1 - share) * 2048), rint(share * 2048)];
  });
  for (let y = 0; y < height; y++) {
    // unlike columns, rows beyond the edge keep their shares, which are rounded apart
    const { place, share } = between(y, down);
    const upper = clamp(place, 0, lastRow) * grey.width, lower = clamp(place + 1, 0, lastRow) * grey.width;
    const b0 = rint(f32(1 - share) * 2048), b1 = rint(share * 2048);
    for (let x = 0; x < width; x++) {
      const [left, right, a0, a1] = columns[x];
      const above = grey.data[upper + left] * a0 + grey.data[upper + right] * a1;
      const below = grey.data[lower + left] * a0 + grey.data[lower + right] * a1;
      out[y * width + x] = (((b0 * (above >> 4)) >> 16) + ((b1 * (below >> 4)) >> 16) + 2) >> 2;
    }
  }
}

/** @param {number} wanted @param {number} scale */
function between(wanted, scale) {
  const middle = f32((wanted + 0.5) * scale - 0.5), place = Math.floor(middle);
  return { place, share: f32(middle - place) };
}
