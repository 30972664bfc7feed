// @ts-check
/** Grey pictures: levels as OpenCV's BGR2GRAY, rounding as NumPy and Python have it. */

/** @typedef {{rgba: Uint8ClampedArray, width: number, height: number}} Frame Red, green, blue, alpha. */
/** @typedef {{data: Uint8Array, width: number, height: number}} Grey One plane, row by row. */

/**
 * Take the colours off a frame (ITU-R BT.601, in 32768ths).
 * @param {Frame} frame
 * @returns {Grey}
 */
export function greyOf({ rgba, width, height }) {
  const data = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < data.length; i++, p += 4)
    data[i] = (9798 * rgba[p] + 19235 * rgba[p + 1] + 3735 * rgba[p + 2] + 16384) >> 15;
  return { data, width, height };
}

/**
 * Round to a whole number, halves to the even one, as Python and NumPy do.
 * @param {number} x
 */
export function rint(x) {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
