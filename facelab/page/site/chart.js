// @ts-check
/**
 * A chart of curves on a canvas. Of the points that share a pixel column it draws the lowest and the
 * highest as a band and their mean as a line, so that 40,000 points cost what 400 do.
 */

import { share, tick } from './words.js';

/**
 * @typedef {{ values: Float32Array, length: number, peak: number, colour: string, dash: number[] }}
 *   Curve
 */
/**
 * @typedef {{ curves: Curve[], updates: number, top: number | null, chance: number | null, percent:
 *   boolean, names: { chance: string, x: string } }} Picture
 */

const LEFT = 46; // CSS pixels around the curves, for the ticks
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 34;

/**
 * Steps of 1, 2 or 5 times a power of ten, about `wanted` of them up to `top`.
 * @param {number} top
 * @param {number} wanted
 */
export function step(top, wanted) {
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
}

/**
 * Draw.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 */
export function draw(canvas, { curves, updates, top, chance, percent, names }) {
  const scale = devicePixelRatio || 1;
  const [wide, high] = [canvas.clientWidth, canvas.clientHeight];
  if (!wide || !high) return;
  const [w, h] = [Math.round(wide * scale), Math.round(high * scale)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const style = getComputedStyle(canvas);
  const [ink, rule] = ['--quiet', '--rule'].map((name) => style.getPropertyValue(name));
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, wide, high);

  const width = wide - LEFT - RIGHT;
  const height = high - TOP - BOTTOM;
  const peak = top ?? Math.max(...curves.map((curve) => curve.peak), chance ?? 0, 1e-6);
  const every = percent ? 0.25 : step(peak, 4);
  const full = percent ? 1 : Math.ceil(peak / every - 1e-9) * every;
  const last = Math.max(updates - 1, 1);
  /** @param {number} value */
  const y = (value) => TOP + height * (1 - Math.min(value / full, 1));
  /** @param {number} update */
  const x = (update) => LEFT + (width * update) / last;

  pen.font = `12px ${style.fontFamily}`;
  pen.fillStyle = ink;
  pen.strokeStyle = rule;
  pen.lineWidth = 1;
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (let value = 0; value <= full * 1.0001; value += every) {
    const at = Math.round(y(value)) + 0.5;
    pen.beginPath();
    pen.moveTo(LEFT, at);
    pen.lineTo(wide - RIGHT, at);
    pen.stroke();
    pen.fillText(percent ? share(value) : tick(value), LEFT - 6, at);
  }
  pen.textBaseline = 'top';
  const along = Math.max(step(Math.max(updates, 2), Math.max(width / 90, 2)), 1);
  for (let update = along; update <= updates; update += along) {
    const at = Math.round(x(update - 1)) + 0.5;
    const label = tick(update);
    pen.textAlign = at + pen.measureText(label).width / 2 > wide - 2 ? 'right' : 'center';
    pen.beginPath();
    pen.moveTo(at, TOP + height);
    pen.lineTo(at, TOP + height + 4);
    pen.stroke();
    pen.fillText(label, pen.textAlign === 'right' ? wide - 2 : at, TOP + height + 6);
  }
  pen.textAlign = 'right';
  pen.textBaseline = 'bottom';
  pen.fillText(names.x, wide - RIGHT, high - 1);
  if (chance !== null && chance <= full) {
    pen.setLineDash([1, 3]);
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.moveTo(LEFT, y(chance));
    pen.lineTo(wide - RIGHT, y(chance));
    pen.stroke();
    pen.setLineDash([]);
    pen.textAlign = 'right';
    pen.textBaseline = 'bottom';
    pen.fillText(names.chance, wide - RIGHT - 2, y(chance) - 1);
  }
  for (const curve of curves) line(pen, curve, x, y, last, width, scale);
}

/**
 * One curve: the band of each pixel column, then the line.
 * @param {CanvasRenderingContext2D} pen @param {Curve} curve @param {(update: number) => number} x
 * @param {(value: number) => number} y @param {number} last @param {number} width @param {number} scale
 */
function line(pen, { values, length, colour, dash }, x, y, last, width, scale) {
  const columns = Math.max(1, Math.round(width * scale));
  const perColumn = Math.max(1, (last + 1) / columns);
  const count = Math.ceil(length / perColumn);
  const low = new Float32Array(count);
  const high = new Float32Array(count);
  const mean = new Float32Array(count);
  for (let column = 0; column < count; column++) {
    const from = Math.floor(column * perColumn);
    const to = Math.min(length, Math.max(from + 1, Math.floor((column + 1) * perColumn)));
    let [least, most, sum, n] = [Infinity, -Infinity, 0, 0];
    for (let at = from; at < to; at++) {
      const value = values[at];
      if (value - value !== 0) continue; // NaN and infinite: no place on the paper
      if (value < least) least = value;
      if (value > most) most = value;
      sum += value;
      n++;
    }
    low[column] = n ? least : NaN;
    high[column] = n ? most : NaN;
    mean[column] = n ? sum / n : NaN;
  }
  /** @param {number} column */
  const at = (column) =>
    x(Math.min(perColumn === 1 ? column : (column + 0.5) * perColumn - 0.5, length - 1));
  pen.fillStyle = pen.strokeStyle = colour;
  if (perColumn > 1) {
    pen.globalAlpha = 0.3;
    const thick = 1 / scale;
    for (let column = 0; column < count; column++) {
      const top = y(high[column]);
      pen.fillRect(at(column) - thick / 2, top, thick, Math.max(y(low[column]) - top, thick));
    }
    pen.globalAlpha = 1;
  }
  pen.lineWidth = 1.75;
  pen.lineJoin = 'round';
  pen.setLineDash(dash);
  pen.beginPath();
  let down = false;
  for (let column = 0; column < count; column++) {
    if (Number.isNaN(mean[column])) down = false;
    else if (down) pen.lineTo(at(column), y(mean[column]));
    else pen.moveTo(at(column), y(mean[column]));
    down = !Number.isNaN(mean[column]);
  }
  pen.stroke();
  pen.setLineDash([]);
  if (length <= 40) {
    for (let update = 0; update < length; update++) {
      pen.beginPath();
      pen.arc(x(update), y(values[update]), 2.5, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}

/**
 * The update that lies under a place of the canvas, from 0.
 * @param {HTMLCanvasElement} canvas
 * @param {number} place CSS pixels from its left
 * @param {number} updates
 */
export function updateAt(canvas, place, updates) {
  const share = (place - LEFT) / (canvas.clientWidth - LEFT - RIGHT);
  return Math.round(Math.min(Math.max(share, 0), 1) * Math.max(updates - 1, 0));
}
