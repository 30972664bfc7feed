// @ts-check
/** @import { Engine, EngineName, State } from './types' */
/** The page: makes its parts and ties them together. */

import { createAnswers } from './answers.js';
import { Refusal, Unreachable } from './api.js';
import { confirmed } from './confirm.js';
import { createCurves } from './curves.js';
import { byId, make } from './element.js';
import { computer } from './engine/computer.js';
import { createFilming } from './filming.js';
import { createModels } from './models.js';
import { problem, solved, tell } from './notices.js';
import { createOutbox } from './outbox.js';
import { createParameters } from './parameters.js';
import { createPeople } from './people.js';
import { createPreview } from './preview.js';
import { connect } from './socket.js';
import { createStore } from './store.js';
import { createTally } from './tally.js';
import { createTraining } from './training.js';
import { createWatch } from './watch.js';
import { language, languages, nameOf, say, speak, translated } from './words.js';

const ENGINE = 'facelab engine';

document.documentElement.lang = language;
for (const shown of document.querySelectorAll('[data-say]'))
  shown.textContent = say(/** @type {HTMLElement} */ (shown).dataset.say ?? '');
for (const labelled of document.querySelectorAll('[data-say-label]'))
  labelled.setAttribute(
    'aria-label',
    say(/** @type {HTMLElement} */ (labelled).dataset.sayLabel ?? ''),
  );
for (const field of document.querySelectorAll('input[data-say-placeholder]'))
  /** @type {HTMLInputElement} */ (field).placeholder = say(
    /** @type {HTMLElement} */ (field).dataset.sayPlaceholder ?? '',
  );

const connection = byId('connection', HTMLElement);
const answersNext = byId('answers-next', HTMLElement);
const [count, endCount, ask, askEach] = ['count', 'end-count', 'ask', 'ask-each'].map((id) =>
  byId(id, HTMLButtonElement),
);
const choices = /** @type {HTMLInputElement[]} */ ([
  ...document.querySelectorAll('input[name=engine]'),
]);
const browserWhat = byId('browser-what', HTMLElement);

/** A state that could not be read. @param {Error} error */
function unread(error) {
  if (error instanceof Refusal && error.status === 403)
    problem(say('newAddress', { why: error.message }), 'server');
  else problem(error instanceof Unreachable ? say('serverGone') : error.message, 'server');
}

const store = createStore(unread);
const socket = connect('/ws');
const connected = () => socket.opened();

/** @type {Map<EngineName, Engine>} */
const engines = new Map([['computer', computer(socket)]]);
/** @type {EngineName} */
let chosen = 'computer';
const engine = () => engines.get(chosen) ?? /** @type {Engine} */ (engines.get('computer'));

let wrong = '';
const preview = createPreview((on) => {
  if (on) solved('filming');
  else {
    watch.forget();
    filming.stop();
  }
  store.tell();
});
const watch = createWatch(preview.camera, engine, connected, {
  read(count) {
    preview.read(count);
    if (count === 1) enable();
  },
  described(seen, frame, count) {
    wrong = seen.remark;
    solved('engine');
    preview.described(seen, frame, count);
  },
  failed: (error) => problem(say('engineFails', { why: error.message }), 'engine'),
});

const curves = createCurves();
const parameters = createParameters(store, () => training.show());
const models = createModels(store, curves, () => {
  store.tell();
  // a job asks the models that are chosen when it begins
});
const training = createTraining(store, parameters, curves, models, engine, (id) =>
  socket.send(JSON.stringify({ type: 'stop', id })),
);
const people = createPeople(store, {
  chosen: () => {},
  added() {
    if (!preview.camera.isOpen) preview.on();
  },
});
const outbox = createOutbox(connected, async () => (await store.read(), store.state));
const filming = createFilming(store, people, watch, outbox, () => wrong);
const answers = createAnswers(store, models, watch, engine, enable);
const tally = createTally(store, models, watch, enable);

const menu = byId('language', HTMLSelectElement);
menu.append(
  ...languages.map((value) =>
    make('option', { value, lang: value, textContent: nameOf(value), selected: value === language }),
  ),
);
menu.onchange = async () => {
  const lost = answers.any || tally.any || document.querySelector('#parameters [data-touched]');
  if (!lost || (await confirmed(say('languageSure'), say('languageAct')))) speak(menu.value);
  else menu.value = language;
};

/** What can be pressed in step 4, and what to do next there. */
function enable() {
  const [any, on] = [models.chosen.length > 0, preview.camera.isOpen];
  const counting = tally?.counting ?? false;
  const asking = answers?.asking ?? false;
  count.disabled = !any || !on || counting || asking;
  endCount.disabled = !counting;
  ask.disabled = !any || !on || counting;
  askEach.disabled = !asking && (!any || !on || counting);
  const kept = store.state?.models.length ?? 0;
  answersNext.textContent = say(
    !kept ? 'nextAnswers' : !any ? 'nextAnswersTick' : !on ? 'nextAnswersCamera' : 'nextAsk',
  );
}

for (const choice of choices)
  choice.onchange = () => {
    chosen = /** @type {EngineName} */ (choice.value);
    localStorage.setItem(ENGINE, chosen);
    use(chosen);
  };

/** Have an engine ready. @param {EngineName} name */
async function use(name) {
  if (engines.has(name)) return;
  try {
    const { browser } = await import('./engine/browser.js');
    const made = browser();
    engines.set('browser', {
      ...made,
      learn: (lesson, tell, waiting) =>
        made.learn(lesson, tell, (done, total) => waiting?.(say('describing', { done, total }))),
    });
  } catch (error) {
    problem(/** @type {Error} */ (error).message, 'engine');
    choose('computer');
  }
}

/** @param {EngineName} name */
function choose(name) {
  chosen = name;
  for (const choice of choices) choice.checked = choice.value === name;
}

let first = true;
store.listen((state) => {
  solved('server');
  byId('gallery', HTMLElement).textContent = say('gallery', { gallery: state.gallery });
  if (state.writable) solved('writable');
  else problem(say('nothingSaved', { why: state.why }), 'writable');
  const { available, how } = state.tensorflowjs;
  for (const choice of choices) if (choice.value === 'browser') choice.disabled = !available;
  browserWhat.textContent = available ? say('browserWhat') : say('browserMissing', { how });
  if (!available && chosen === 'browser') choose('computer');
  for (const parameter of [...state.parameters, state.seed])
    byId(`${parameter.field.replace('_', '-')}-name`, HTMLElement).textContent = parameter.name;
  preview.hint(state.people.length ? 'cameraOff' : 'cameraOffFirst');
  enable();
  if (first) start(state);
});

/** The first state is there: the page can be used. @param {State} state */
async function start(state) {
  first = false;
  const last = localStorage.getItem(ENGINE);
  if (last === 'browser' && state.tensorflowjs.available) {
    choose('browser');
    await use('browser');
  }
  await socket.opened();
  document.body.dataset.ready = '1';
  if (state.people.length && document.readyState !== 'complete')
    await new Promise((done) => addEventListener('load', done, { once: true }));
  if (state.people.length && !preview.camera.isOpen) preview.on();
}

let cut = false;
socket.listen(
  (message) => {
    if (message.type === 'changed') store.read(message.revision);
    if (message.type === 'error' && !message.id) problem(translated(message.line), 'server');
  },
  async (open) => {
    connection.textContent = say(open ? 'connected' : 'disconnected');
    connection.dataset.open = String(open);
    if (!open && !cut) {
      cut = true;
      problem(say('serverGone'), 'server');
    }
    if (!open && store.state) await store.read(); // a server that does not know us any more says so
    if (!open) return;
    await store.read();
    if (cut) tell(say('serverBack'));
    cut = false;
  },
);
