// @ts-check
/** @import { Answer, Model } from './types' */
/** @import { Models } from './models.js' */
/** @import { Store } from './store.js' */
/** @import { Watch } from './watch.js' */
/**
 * The tally: counts whom each model sees, at every picture of the camera: who is decided on over a
 * second, or unsure; and in grey who is most probable on the picture alone.
 */

import { NOBODY, predicted, shownName } from './answers.js';
import { csv } from './csv.js';
import { swatch } from './curves.js';
import { Decision } from './decision.js';
import { byId, download, make } from './element.js';
import { problem, solved, tell } from './notices.js';
import { say, share, whole } from './words.js';

const count = byId('count', HTMLButtonElement);
const end = byId('end-count', HTMLButtonElement);
const frames = byId('frames', HTMLElement);
const framesWord = byId('frames-word', HTMLElement);
const table = byId('tally', HTMLTableElement);
const live = byId('live', HTMLElement);
const save = byId('tally-csv', HTMLButtonElement);
const empty = byId('tally-empty', HTMLElement);
const TELLING = 5_000; // ms between two summaries for a screen reader
const UNSURE = '?'; // among names, which have none

/** How a row is called. @param {string} person */
const rowName = (person) => (person === UNSURE ? say('unsure') : shownName(person));

/**
 * @param {Store} store
 * @param {Models} models
 * @param {Watch} watch
 * @param {() => void} changed the count has begun or ended
 */
export function createTally(store, models, watch, changed) {
  /** @type {Model[]} */
  let asked = [];
  /** @type {Map<string, Map<string, number>>} model → most probable person → pictures */
  let tallies = new Map();
  /** @type {Map<string, Map<string, number>>} the same of who is decided on */
  let decided = new Map();
  let decision = new Decision(1);
  /** @type {Map<string, HTMLElement>} the cells, by model and person */
  const cells = new Map();
  let n = 0;
  let showing = 0;
  let told = 0;
  /** @type {import('./watch.js').Job | null} */
  let mine = null;

  const certain = () => store.state?.certainty ?? 1;
  const people = () => [...new Set(asked.flatMap((model) => model.people)), UNSURE, NOBODY];
  /** @param {string} id @param {string} person */
  const of = (id, person) => decided.get(id)?.get(person) ?? 0;
  /** @param {string} id @param {string} person */
  const likely = (id, person) => tallies.get(id)?.get(person) ?? 0;

  function build() {
    cells.clear();
    const head = make('tr', {}, make('th', { scope: 'col', textContent: say('person') }));
    for (const { id, name } of asked)
      head.append(
        make('th', { scope: 'col', data: { model: id } }, swatch(models.look(id)), ' ', name),
      );
    const rows = people().map((person) => {
      const row = make(
        'tr',
        { data: { person } },
        make('th', { scope: 'row', textContent: rowName(person) }),
      );
      for (const { id, people: known } of asked) {
        const cell = make('td', { data: { model: id } });
        if (person === NOBODY || person === UNSURE || known.includes(person)) {
          const bar = make('span', {
            className: `bar look-${models.look(id) % 6}`,
            aria: { hidden: 'true' },
          });
          cell.append(
            make('span', { className: 'lane', aria: { hidden: 'true' } }, bar),
            make('span', { className: 'tallied', textContent: whole(0) }),
            make('span', { className: 'share' }),
            make('span', { className: 'likely' }),
          );
          cells.set(`${id} ${person}`, cell);
        } else cell.textContent = '–';
        row.append(cell);
      }
      return row;
    });
    table.replaceChildren(
      make('caption', { textContent: say('tallyCaption', { share: share(certain()) }) }),
      make('thead', {}, head),
      make('tbody', {}, ...rows),
    );
    const line = (/** @type {Model} */ { id }) =>
      make(
        'li',
        { data: { model: id } },
        swatch(models.look(id)),
        make('span'),
        make('span', { className: 'likely' }),
      );
    live.replaceChildren(...asked.map(line));
    table.hidden = !asked.length;
    empty.hidden = Boolean(asked.length);
  }

  /**
   * Say whom each model decides on, and in grey who is most probable on the latest picture.
   * @param {Answer} answer @param {Map<string, import('./decision.js').Decided>} told
   */
  function showLive({ answers }, told) {
    for (const line of /** @type {Iterable<HTMLElement>} */ (live.children)) {
      const model = asked.find(({ id }) => id === line.dataset.model);
      const given = answers.get(line.dataset.model ?? '');
      if (!model || !given) continue;
      const { person, mean } = /** @type {import('./decision.js').Decided} */ (told.get(model.id));
      const one = predicted(model.people, given);
      const name = nameAt(model, person);
      line.dataset.probabilities = given.map((value) => +value.toPrecision(9)).join(' ');
      line.dataset.decided = name === UNSURE ? 'unsure' : name;
      const [, said, beside] = /** @type {any} */ (line.children);
      said.textContent = say(
        person === -1 ? 'liveNobody' : person === -2 ? 'liveUnsure' : 'liveLine',
        { name: model.name, person: name, share: share(mean[person] ?? 0) },
      );
      beside.textContent =
        one === name || one === NOBODY
          ? ''
          : say('liveLikely', { person: one, share: share(Math.max(...given)) });
    }
  }

  /** The row of who is decided on. @param {Model} model @param {number} person */
  const nameAt = (model, person) => model.people[person] ?? (person === -1 ? NOBODY : UNSURE);

  function show() {
    frames.textContent = String(n);
    framesWord.textContent = say('counted', { n });
    for (const { id } of asked) {
      const counts = people().map((person) => of(id, person));
      const most = Math.max(...counts, 1);
      people().forEach((person, place) => {
        const cell = cells.get(`${id} ${person}`);
        if (!cell) return;
        const [lane, number, part, grey] = /** @type {any} */ (cell.children);
        lane.firstChild.style.width = `${(100 * counts[place]) / Math.max(n, 1)}%`;
        number.textContent = whole(counts[place]);
        part.textContent = n ? share(counts[place] / n) : '';
        cell.dataset.decided = String(counts[place]);
        if (person !== UNSURE) {
          const alone = likely(id, person);
          cell.dataset.n = String(alone);
          grey.textContent = alone === counts[place] ? '' : `(${whole(alone)})`;
        }
        cell.classList.toggle('most', counts[place] === most && n > 0);
      });
    }
    save.disabled = !n;
  }

  /** @param {Map<string, Map<string, number>>} all @param {string} id @param {string} person */
  function addOne(all, id, person) {
    const tally = all.get(id) ?? new Map();
    tally.set(person, 1 + (tally.get(person) ?? 0));
    all.set(id, tally);
  }

  /** @param {Answer} answer @param {import('./types').Frame} _ @param {number} seconds */
  function add(answer, _, seconds) {
    const { answers } = answer;
    const decisions = decision.decide(seconds, answers, answer.faces[0]);
    for (const model of asked) {
      const { id, people: known } = model;
      const given = answers.get(id);
      if (!given) continue;
      const person = predicted(known, given);
      addOne(tallies, id, person);
      addOne(decided, id, nameAt(model, /** @type {any} */ (decisions.get(id)).person));
    }
    n++;
    showLive(answer, decisions);
    show();
    const now = performance.now();
    if (now - told > TELLING) {
      told = now;
      summary('countTold');
    }
  }

  /** Say who leads. @param {string} key */
  function summary(key) {
    const leaders = asked.map(({ id, name }) => {
      const [person, most] = people()
        .map((one) => /** @type {const} */ ([one, of(id, one)]))
        .reduce((a, b) => (b[1] > a[1] ? b : a));
      return say('leader', { name, person: rowName(person), share: share(n ? most / n : 0) });
    });
    tell(`${say(key, { n, leaders: n ? leaders.join(' ') : '' })}`);
  }

  count.onclick = () => {
    const chosen = models.chosen;
    if (!chosen.length) return problem(say('nextAnswersTick'), 'asking');
    solved('asking');
    asked = chosen;
    tallies = new Map();
    decided = new Map();
    decision = new Decision(certain());
    n = 0;
    told = performance.now();
    mine = watch.job = {
      models: asked.map(({ id }) => id),
      follow: ++showing,
      told: add,
      failed(error) {
        problem(error.message, 'asking');
        stop();
      },
    };
    build();
    show();
    tell(say('counting'));
    changed();
    end.focus();
  };

  function stop() {
    if (mine && watch.job === mine) watch.job = null;
    const counting = mine !== null;
    mine = null;
    if (counting) summary('countTold');
    changed();
  }
  end.onclick = () => {
    stop();
    count.focus();
  };

  document.addEventListener('visibilitychange', () => {
    if (mine) tell(say(document.hidden ? 'countPaused' : 'countGoesOn'));
  });

  save.onclick = () => {
    const rows = people().map((person) => [
      person === UNSURE ? 'unsure' : person,
      ...asked.flatMap(({ id }) => [
        of(id, person),
        person === UNSURE ? '' : likely(id, person),
      ]),
    ]);
    const head = asked.flatMap(({ name }) => [name, `${name} most probable`]);
    download('count.csv', csv([['person', ...head], ...rows]));
  };

  build();
  show();
  return {
    end: stop,
    get counting() {
      return mine !== null;
    },
    /** Whether frames were counted. */
    get any() {
      return n > 0;
    },
  };
}
