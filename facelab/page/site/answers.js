// @ts-check
/** @import { Answer, Engine, Model } from './types' */
/** @import { Models } from './models.js' */
/** @import { Store } from './store.js' */
/** @import { Watch } from './watch.js' */
/** Answers: the table of expected and predicted, a row a frame, a column a model. */

import { csv } from './csv.js';
import { byId, download, make } from './element.js';
import { problem, solved, tell } from './notices.js';
import { say, share, whole } from './words.js';

const expected = byId('expected', HTMLSelectElement);
const ask = byId('ask', HTMLButtonElement);
const askEach = byId('ask-each', HTMLButtonElement);
const clear = byId('clear-answers', HTMLButtonElement);
const save = byId('answers-csv', HTMLButtonElement);
const table = byId('answers', HTMLTableElement);
const scroll = byId('answers-scroll', HTMLElement);
const empty = byId('answers-empty', HTMLElement);

export const NOBODY = 'nobody';

/**
 * Who is answered: the most probable person, nobody where all are 0.
 * @param {string[]} people
 * @param {number[]} probabilities
 */
export function predicted(people, probabilities) {
  if (!probabilities.some(Boolean)) return NOBODY;
  return people[probabilities.indexOf(Math.max(...probabilities))];
}

/** How nobody is called where it is shown. @param {string} name */
export const shownName = (name) => (name === NOBODY ? say('nobody') : name);

/**
 * @param {Store} store @param {Models} models @param {Watch} watch @param {() => Engine} engine
 * @param {() => void} changed asking at every picture has begun or ended
 */
export function createAnswers(store, models, watch, engine, changed) {
  /** @type {{expected: string, answers: Map<string, number[]>}[]} */
  const rows = [];
  /** @type {Map<string, Model>} the models of the columns, in order */
  const columns = new Map();
  /** @type {Map<string, {n: number, wrong: number}>} */
  const verdicts = new Map();
  let scrolling = false;

  const body = table.createTBody();
  const foot = table.createTFoot();

  function head() {
    const top = make(
      'tr',
      {},
      make('th', { rowSpan: 2, scope: 'col', className: 'n', textContent: say('row') }),
      make('th', { rowSpan: 2, scope: 'col', textContent: say('expectedHead') }),
    );
    const below = make('tr');
    for (const { id, name } of columns.values()) {
      top.append(
        make('th', { colSpan: 2, scope: 'colgroup', textContent: name, data: { model: id } }),
      );
      below.append(
        make('th', { scope: 'col', textContent: say('predicted') }),
        make('th', { scope: 'col', textContent: say('verdict') }),
      );
    }
    const made = make('thead', {}, top, below);
    if (table.tHead) table.tHead.replaceWith(made);
    else table.prepend(made);
    table.caption?.remove();
    table.prepend(make('caption', { textContent: say('tableCaption') }));
    table.style.minWidth = `${9 + 10 * columns.size}rem`;
    body.replaceChildren(...rows.map(drawn));
  }

  /** @param {{expected: string, answers: Map<string, number[]>}} row @param {number} place */
  function drawn({ expected: who, answers }, place) {
    const cells = [
      make('td', { className: 'n', textContent: whole(place + 1) }),
      make('td', { textContent: who ? shownName(who) : '–' }),
    ];
    for (const { id, people } of columns.values()) {
      const given = answers.get(id);
      const told = given && predicted(people, given);
      const right = told === who;
      const verdict = told === undefined || !who ? '' : say(right ? 'right' : 'error');
      cells.push(
        make('td', {
          textContent: told === undefined ? '–' : shownName(told),
          title: given ? people.map((name, at) => `${name} ${share(given[at])}`).join(', ') : '',
        }),
        make('td', { className: verdict && (right ? 'right' : 'wrong'), textContent: verdict }),
      );
    }
    return make('tr', {}, ...cells);
  }

  function total() {
    const line = make(
      'tr',
      {},
      make('td', { className: 'n', textContent: whole(rows.length) }),
      make('td'),
    );
    for (const id of columns.keys()) {
      const { n, wrong } = verdicts.get(id) ?? { n: 0, wrong: 0 };
      const text = n ? say('errorsOf', { wrong, n, share: share(wrong / n) }) : say('noVerdicts');
      line.append(
        make('td', {
          colSpan: 2,
          textContent: text,
          data: { model: id, wrong: String(wrong), n: String(n) },
        }),
      );
    }
    foot.replaceChildren(line);
  }

  function show() {
    const any = rows.length > 0;
    scroll.hidden = !any;
    empty.hidden = any;
    clear.disabled = save.disabled = !any;
  }

  /** @param {Model[]} asked @param {string} who @param {Answer} answer */
  function add(asked, who, { answers }) {
    const before = columns.size;
    for (const model of asked) if (answers.has(model.id)) columns.set(model.id, model);
    for (const [id, given] of answers) {
      const model = columns.get(id);
      if (!model || !who) continue;
      const found = verdicts.get(id) ?? { n: 0, wrong: 0 };
      found.n++;
      if (predicted(model.people, given) !== who) found.wrong++;
      verdicts.set(id, found);
    }
    rows.push({ expected: who, answers });
    if (columns.size !== before) head();
    else body.append(drawn(rows[rows.length - 1], rows.length - 1));
    total();
    show();
    if (scrolling) return;
    scrolling = true;
    requestAnimationFrame(() => {
      scrolling = false;
      scroll.scrollTop = scroll.scrollHeight;
    });
  }

  ask.onclick = async () => {
    const frame = watch.latest;
    const asked = models.chosen;
    if (!frame || !asked.length)
      return problem(say(frame ? 'nextAnswersTick' : 'noFrame'), 'asking');
    solved('asking');
    const who = expected.value;
    try {
      const answer = await engine().answer(
        asked.map(({ id }) => id),
        frame,
        0,
      );
      add(asked, who, answer);
      tell(
        asked
          .flatMap(({ id, name, people }) => {
            const given = answer.answers.get(id);
            return given ? [`${name}: ${shownName(predicted(people, given))}.`] : [];
          })
          .join(' '),
      );
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'asking');
    }
  };

  /** @type {import('./watch.js').Job | null} */
  let mine = null;
  /** @param {boolean} on */
  function pressed(on) {
    askEach.textContent = say(on ? 'askEachStop' : 'askEach');
    askEach.setAttribute('aria-pressed', String(on));
  }
  function end() {
    if (mine && watch.job === mine) watch.job = null;
    mine = null;
    pressed(false);
    changed();
  }
  askEach.onclick = () => {
    if (mine) return end();
    const asked = models.chosen;
    if (!asked.length) return problem(say('nextAnswersTick'), 'asking');
    solved('asking');
    mine = watch.job = {
      models: asked.map(({ id }) => id),
      follow: 0,
      told: (answer) => add(asked, expected.value, answer),
      failed(error) {
        problem(error.message, 'asking');
        end();
      },
    };
    pressed(true);
    changed();
  };

  clear.onclick = () => {
    rows.length = 0;
    columns.clear();
    verdicts.clear();
    head();
    total();
    show();
    tell(say('tableCleared'));
  };

  save.onclick = () => {
    const all = [...columns.values()];
    const top = [
      'number',
      'expected',
      ...all.flatMap(({ name, people }) => [
        `${name} predicted`,
        ...people.map((one) => `${name} ${one}`),
      ]),
    ];
    const below = rows.map(({ expected: who, answers }, place) => [
      place + 1,
      who,
      ...all.flatMap(({ id, people }) => {
        const given = answers.get(id);
        return given ? [predicted(people, given), ...given.map((value) => String(+value.toPrecision(9)))]
          : ['', ...people.map(() => '')];
      }),
    ]);
    download('answers.csv', csv([top, ...below]));
  };

  store.listen((state) => {
    const names = state.people.map(({ name }) => name);
    for (const { people } of models.chosen)
      for (const name of people) if (!names.includes(name)) names.push(name);
    const options = [
      ['', say('notSaid')],
      ...names.map((name) => [name, name]),
      [NOBODY, say('nobody')],
    ];
    const key = JSON.stringify(options);
    if (expected.dataset.key === key) return;
    expected.dataset.key = key;
    const before = expected.value;
    expected.replaceChildren(
      ...options.map(([value, textContent]) => make('option', { value, textContent })),
    );
    expected.value = options.some(([value]) => value === before) ? before : '';
  });

  show();
  pressed(false);
  return {
    /** Stop asking at every picture. */
    end,
    get asking() {
      return mine !== null;
    },
    /** Whether there is a row that a new page would not have. */
    get any() {
      return rows.length > 0;
    },
  };
}
