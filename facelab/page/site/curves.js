// @ts-check
/** @import { Model } from './types' */
/** Curves: loss and accuracy of the chosen models and of the training that runs, drawn together. */

import { readCurve } from './api.js';
import { draw, step, updateAt } from './chart.js';
import { byId, make } from './element.js';
import { problem } from './notices.js';
import { Points } from './points.js';
import { loss as lossText, say, share } from './words.js';

export const LOOKS = 6;
/** Dashes beside colours, for eyes that do not tell these apart. */
export const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [14, 4]];
const TELLING = 500; // ms between two changes of the legend's values

const figure = byId('curves', HTMLElement);
const legend = byId('legend', HTMLElement);
const readout = byId('readout', HTMLElement);
const canvases = {
  loss: byId('loss-curve', HTMLCanvasElement),
  accuracy: byId('accuracy-curve', HTMLCanvasElement),
};
const empty = byId('curves-empty', HTMLElement);

/** A line in the look of a curve, for legends and lists. @param {number} look */
export function swatch(look) {
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const stroke = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 34 8',
    width: '34',
    height: '8',
    'aria-hidden': 'true',
    class: `swatch look-${look % LOOKS}`,
  }))
    drawn.setAttribute(name, value);
  for (const [name, value] of Object.entries({
    x1: '1',
    x2: '33',
    y1: '4',
    y2: '4',
    'stroke-dasharray': DASHES[look % LOOKS].join(' ') || 'none',
  }))
    stroke.setAttribute(name, value);
  drawn.append(stroke);
  return drawn;
}

export function createCurves() {
  /** @type {Map<string, Points>} */
  const points = new Map();
  /** @type {Set<string>} */
  const loading = new Set();
  /** @type {{id: string, name: string, look: number}[]} what is drawn */
  let shown = [];
  let due = false;
  let told = 0;
  let cost = 0;

  const drawn = () =>
    shown.flatMap((one) => {
      const held = points.get(one.id);
      return held ? [{ ...one, held }] : [];
    });

  /** The length of the paper: a training that runs gets room in steps, up to its end. */
  function length() {
    return Math.max(...drawn().map(({ held }) => (held.running ? room(held) : held.length)), 1);
  }
  /** @param {Points} held */
  function room({ length, total }) {
    const every = step(Math.max(length, 10) * 1.02, 1);
    return Math.min(every, Math.max(total, length));
  }

  function render() {
    due = false;
    const start = performance.now();
    const all = drawn();
    figure.hidden = !all.length;
    empty.hidden = Boolean(all.length);
    if (!all.length) return;
    const style = getComputedStyle(figure);
    const updates = length();
    const people = new Set(all.map(({ held }) => held.people));
    const n = people.size === 1 ? [...people][0] : 0;
    const looks = all.map(({ held, look }) => ({
      held,
      colour: style.getPropertyValue(`--look-${look % LOOKS}`).trim(),
      dash: DASHES[look % LOOKS],
    }));
    const names = { chance: say('chance'), x: say('update') };
    draw(canvases.loss, {
      curves: looks.map(({ held, ...look }) => ({
        values: held.loss,
        length: held.length,
        peak: held.peak,
        ...look,
      })),
      updates,
      top: null,
      chance: n ? Math.log(n) : null,
      percent: false,
      names,
    });
    draw(canvases.accuracy, {
      curves: looks.map(({ held, ...look }) => ({
        values: held.accuracy,
        length: held.length,
        peak: 1,
        ...look,
      })),
      updates,
      top: 1,
      chance: n ? 1 / n : null,
      percent: true,
      names,
    });
    cost = performance.now() - start;
    figure.dataset.cost = cost.toFixed(2);
    if (start - told > TELLING || !all.some(({ held }) => held.running)) tellValues(all, start);
  }

  /**
   * The legend is what a screen reader has of the curves.
   * @param {ReturnType<typeof drawn>} all
   * @param {number} now
   */
  function tellValues(all, now) {
    told = now;
    const lines = all.map(({ id, name, look, held }) => {
      const last = held.length - 1;
      const values = {
        name,
        n: held.length,
        loss: lossText(last < 0 ? null : held.loss[last]),
        accuracy: share(last < 0 ? null : held.accuracy[last]),
      };
      return { id, look, text: say('curveTold', values), updates: String(held.length) };
    });
    const old = [...legend.children];
    legend.replaceChildren(
      ...lines.map(({ id, look, text, updates }, place) => {
        const before = /** @type {HTMLElement | undefined} */ (old[place]);
        if (before?.dataset.curve === `${id} ${look}` && before.lastChild) {
          before.lastChild.textContent = text;
          before.dataset.updates = updates;
          return before;
        }
        return make(
          'li',
          { data: { curve: `${id} ${look}`, updates } },
          swatch(look),
          make('span', { textContent: text }),
        );
      }),
    );
  }

  function redraw() {
    if (due) return;
    due = true;
    requestAnimationFrame(render);
  }

  /** @param {Model} model */
  async function load({ id, people, total, name }) {
    if (points.has(id) || loading.has(id)) return;
    loading.add(id);
    try {
      const { loss, accuracy } = await readCurve(id);
      const held = new Points(people.length, total);
      held.put(0, loss, accuracy);
      held.running = false;
      if (loss.length) points.set(id, held);
      redraw();
    } catch (error) {
      problem(`${name}: ${/** @type {Error} */ (error).message}`);
    } finally {
      loading.delete(id);
    }
  }

  for (const canvas of Object.values(canvases)) {
    new ResizeObserver(redraw).observe(canvas);
    canvas.onpointermove = ({ offsetX }) => {
      const update = updateAt(canvas, offsetX, length());
      const values = drawn()
        .filter(({ held }) => update < held.length)
        .map(({ name, held }) =>
          say('readoutOne', {
            name,
            loss: lossText(held.loss[update]),
            accuracy: share(held.accuracy[update]),
          }),
        );
      readout.textContent = values.length
        ? say('readout', { n: update + 1, values: values.join(' · ') })
        : say('bands');
    };
    canvas.onpointerleave = () => (readout.textContent = say('bands'));
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  readout.textContent = say('bands');

  return {
    /**
     * Draw these, in their looks.
     * @param {{id: string, name: string, look: number, model: Model | null}[]} wanted
     */
    show(wanted) {
      shown = wanted;
      for (const { model } of wanted) if (model) load(model);
      redraw();
    },
    /**
     * Begin the curve of a training.
     * @param {string} id
     * @param {number} people
     * @param {number} total
     */
    begin(id, people, total) {
      points.set(id, new Points(people, total));
      redraw();
    },
    /**
     * @param {string} id
     * @param {number} from
     * @param {ArrayLike<number>} loss
     * @param {ArrayLike<number>} accuracy
     */
    put(id, from, loss, accuracy) {
      points.get(id)?.put(from, loss, accuracy);
      redraw();
    },
    /**
     * The training has ended: as a model of this id, or as nothing more than its curve.
     * @param {string} id
     * @param {string} [model]
     */
    end(id, model) {
      const held = points.get(id);
      if (!held) return;
      held.running = false;
      if (model) {
        points.delete(id);
        points.set(model, held);
      }
      redraw();
    },
    /** @param {string} id */
    points: (id) => points.get(id),
    /** @param {string} id */
    drop(id) {
      points.delete(id);
      redraw();
    },
  };
}
/** @typedef {ReturnType<typeof createCurves>} Curves */
