// @ts-check
/** The two networks of the face finder, as facelab/faces/network.py has them. */

/** @typedef {import('./grey.js').Grey} Grey */

/**
 * A convolution as the server describes it; `kernel` and `bias`: where its numbers begin.
 * @typedef {{name: string, side: number, stride: number, inputs: number, outputs: number,
 *   linear: boolean, kernel: number, bias: number}} Description
 */

/**
 * A convolution ready to run: `kernel` in fours of outputs, each for all inputs, `side` x `side`.
 * @typedef {{side: number, stride: number, outputs: number, linear: boolean, kernel: Float64Array,
 *   bias: Float64Array}} Layer
 */

/** @typedef {Record<string, Layer>} Net */

/**
 * Numbers (height, width, channels), with a border of one zero around, which the kernels overlap.
 * In double precision: JavaScript reckons in it, and turning each number costs more than the room.
 * @typedef {{data: Float64Array, width: number, height: number, channels: number}} Map3
 */

const FINE = ['c1', 'c2', 'c3', 'c4'], COARSE = ['d1', 'd2', 'd3', 'up'], CLOSER = ['v1', 'v2', 'v3', 'v4'];

/**
 * Arrange the server's numbers for the loop that convolves.
 * @param {Description[]} layers
 * @param {Float32Array} numbers
 * @returns {Net}
 */
export function network(layers, numbers) {
  return Object.fromEntries(layers.map((layer) => [layer.name, arranged(layer, numbers)]));
}

/** @param {Description} layer @param {Float32Array} numbers @returns {Layer} */
function arranged({ side, stride, inputs, outputs, linear, kernel: start, bias }, numbers) {
  const terms = side * side * inputs, places = Math.ceil(outputs / 4) * 4;
  const kernel = new Float64Array(terms * places), shift = new Float64Array(places);
  for (let o = 0; o < outputs; o++) {
    shift[o] = numbers[bias + o];
    for (let k = 0; k < terms; k++) kernel[((o >> 2) * terms + k) * 4 + (o & 3)] = numbers[start + k * outputs + o];
  }
  return { side, stride, outputs, linear, kernel, bias: shift };
}

/**
 * Say for cells of 8 x 8 pixels where faces are: (height / 8, width / 8, 5), without the border.
 * @param {Float32Array} contrast
 * @param {number} width
 * @param {number} height
 * @param {Net} net
 */
export function propose(contrast, width, height, net) {
  const fine = through(FINE, bordered(contrast, width, height), net), coarse = through(COARSE, fine, net);
  const both = convolve(fine, net.side);
  const line = (both.width + 2) * both.channels, coarseLine = (coarse.width + 2) * coarse.channels;
  for (let y = 0; y < both.height; y++)
    for (let x = 0; x < both.width; x++) {
      const p = (y + 1) * line + (x + 1) * both.channels;
      const q = ((y >> 1) + 1) * coarseLine + ((x >> 1) + 1) * both.channels;
      for (let c = 0; c < both.channels; c++) both.data[p + c] += coarse.data[q + c];
    }
  return inner(through(['join', 'out'], both, net));
}

/**
 * Say of a square of 48 x 48 pixels: face (logit), correction of the box.
 * @param {Float32Array} contrast
 * @param {number} side
 * @param {Net} net
 */
export function refine(contrast, side, net) {
  const seen = inner(through(CLOSER, bordered(contrast, side, side), net));
  const { kernel, bias, outputs } = net.v5;
  return Array.from({ length: outputs }, (_, o) => {
    let sum = bias[o];
    const start = (o >> 2) * seen.length * 4 + (o & 3);
    for (let k = 0; k < seen.length; k++) sum += seen[k] * kernel[start + k * 4];
    return sum;
  });
}

/** @param {string[]} names @param {Map3} x @param {Net} net */
const through = (names, x, net) => names.reduce((seen, name) => convolve(seen, net[name]), x);

/**
 * Convolve as Keras does, two cells and four outputs at a time, which stay in registers.
 * @param {Map3} x
 * @param {Layer} layer
 * @returns {Map3}
 */
function convolve(x, { side, stride, outputs, linear, kernel, bias }) {
  const width = x.width / stride, height = x.height / stride, channels = x.channels;
  const from = x.data, out = new Float64Array((width + 2) * (height + 2) * outputs);
  const line = (x.width + 2) * channels, step = stride * channels, run = side * channels;
  // a kernel of 3 with stride 1 begins on the border, others beside it
  const begin = side > 1 && stride === 1 ? 0 : line + channels;
  const least = linear ? -Infinity : 0;
  for (let o = 0; o < outputs; o += 4) {
    const some = Math.min(4, outputs - o), first = o * side * run;
    const s0 = bias[o], s1 = bias[o + 1], s2 = bias[o + 2], s3 = bias[o + 3];
    for (let r = 0; r < height; r++)
      for (let q = 0; q < width; q += 2) {
        let a0 = s0, a1 = s1, a2 = s2, a3 = s3, b0 = s0, b1 = s1, b2 = s2, b3 = s3;
        let k = first;
        for (let i = 0; i < side; i++) {
          let p = begin + (r * stride + i) * line + q * step;
          for (const end = p + run; p < end; p++, k += 4) {
            const a = from[p], b = from[p + step];
            const k0 = kernel[k], k1 = kernel[k + 1], k2 = kernel[k + 2], k3 = kernel[k + 3];
            a0 += a * k0; a1 += a * k1; a2 += a * k2; a3 += a * k3;
            b0 += b * k0; b1 += b * k1; b2 += b * k2; b3 += b * k3;
          }
        }
        const at = ((r + 1) * (width + 2) + q + 1) * outputs + o, next = at + outputs;
        out[at] = Math.max(a0, least); out[next] = Math.max(b0, least);
        if (some > 1) { out[at + 1] = Math.max(a1, least); out[next + 1] = Math.max(b1, least); }
        if (some > 2) { out[at + 2] = Math.max(a2, least); out[next + 2] = Math.max(b2, least); }
        if (some > 3) { out[at + 3] = Math.max(a3, least); out[next + 3] = Math.max(b3, least); }
      }
  }
  return { data: out, width, height, channels: outputs };
}

/** @param {Float32Array} data @param {number} width @param {number} height @returns {Map3} */
function bordered(data, width, height) {
  const padded = new Float64Array((width + 2) * (height + 2));
  for (let y = 0; y < height; y++) padded.set(data.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1);
  return { data: padded, width, height, channels: 1 };
}

/** @param {Map3} x */
function inner({ data, width, height, channels }) {
  const bare = new Float64Array(width * height * channels), line = (width + 2) * channels;
  for (let y = 0; y < height; y++)
    bare.set(data.subarray((y + 1) * line + channels, (y + 2) * line - channels), y * width * channels);
  return bare;
}
