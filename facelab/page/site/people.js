// @ts-check
/** @import { Person, State } from './types' */
/** @import { Store } from './store.js' */
/** People: their names and consents, whom photos are taken of, and their photos. */

import { agree, forget, photoAddress, removePhoto } from './api.js';
import { confirmed } from './confirm.js';
import { byId, make } from './element.js';
import { problem, solved, tell } from './notices.js';
import { LEARNT, learnt } from './store.js';
import { say } from './words.js';

const form = byId('new-person', HTMLFormElement);
const nameField = byId('person-name', HTMLInputElement);
const agreeBox = byId('agree', HTMLInputElement);
const sentence = byId('sentence', HTMLElement);
const list = byId('people', HTMLElement);
const photos = byId('photos', HTMLElement);
const photosTitle = byId('photos-title', HTMLElement);
const next = byId('people-next', HTMLElement);

/**
 * @param {Store} store
 * @param {{chosen: () => void, added: () => void}} told  somebody was chosen; somebody agreed
 */
export function createPeople(store, told) {
  let chosen = '';
  let shownPhotos = '';

  /** @param {State} state */
  const current = (state) => state.people.find(({ name }) => name === chosen);

  form.onsubmit = async (event) => {
    event.preventDefault();
    const name = nameField.value.trim();
    if (!name) return missing(nameField, 'needName');
    if (!agreeBox.checked) return missing(agreeBox, 'needAgree');
    solved('person');
    try {
      const person = await agree(name);
      chosen = person.name;
      nameField.value = '';
      agreeBox.checked = false;
      await store.read();
      tell(say('added', { name: person.name }));
      told.added();
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'person');
      nameField.focus();
    }
  };

  /** @param {HTMLElement} field @param {string} key */
  function missing(field, key) {
    problem(say(key), 'person');
    field.focus();
  }

  /** The photos that are learnt from, on which no face is found. @param {Person} person */
  const unseen = (person) => person.photos.filter(({ set, face }) => set === LEARNT && face === false);

  /** @param {Person} person */
  function row(person) {
    const { name, consent } = person;
    const n = person.photos.filter(({ set }) => set === LEARNT).length;
    const others = person.photos.length - n;
    const choose = make('button', {
      type: 'button',
      className: 'choose',
      textContent: name,
      title: say('choose', { name }),
      aria: { pressed: String(name === chosen) },
    });
    choose.onclick = () => {
      chosen = name;
      store.tell();
      told.chosen();
    };
    const remove = make('button', {
      type: 'button',
      className: 'forget plain',
      textContent: say('forget'),
      aria: { label: say('forgetPerson', { name }) },
      onclick: () => forgetPerson(person),
    });
    const count = make('span', {
      className: 'count',
      textContent: say('photos', { n }),
      data: { n: String(n) },
    });
    const told_ = make('span', { className: 'about' }, count);
    if (others)
      told_.append(
        ' ',
        make('span', { className: 'quiet', textContent: say('others', { n: others }) }),
      );
    const blind = unseen(person).length;
    if (blind)
      told_.append(
        make('span', {
          className: 'unseen',
          textContent: say(blind === n ? 'neverSeen' : 'unseen', { n: blind, of: n }),
          data: { n: String(blind) },
        }),
      );
    if (!consent) {
      const ask = make('button', {
        type: 'button',
        className: 'plain',
        textContent: say('notAgreed'),
      });
      ask.onclick = () => {
        nameField.value = name;
        agreeBox.focus();
      };
      told_.append(' ', ask);
    }
    return make('li', { data: { person: name } }, choose, told_, remove);
  }

  /** @param {Person} person */
  async function forgetPerson({ name, photos: all }) {
    if (
      !(await confirmed(say('forgetSure', { name, n: all.length }), say('forgetPerson', { name })))
    )
      return;
    try {
      const { removed } = await forget(name);
      if (chosen === name) chosen = '';
      await store.read();
      tell(say('forgotten', { name, n: removed.length }));
      nameField.focus();
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'person');
    }
  }

  /** @param {string} file @param {string} name @param {number} n */
  async function removeOne(file, name, n) {
    if (!(await confirmed(say('removePhotoSure', { n, name }), say('remove')))) return;
    try {
      await removePhoto(file);
      await store.read();
      const left = store.state?.people.find((one) => one.name === name)?.photos.length ?? 0;
      tell(say('photoRemoved', { name, n: left }));
      photosTitle.focus();
    } catch (error) {
      problem(/** @type {Error} */ (error).message, 'person');
    }
  }

  /** @param {Person | undefined} person */
  function showPhotos(person) {
    const mine = (person?.photos ?? []).filter(({ set }) => set === LEARNT);
    const key = JSON.stringify([person?.name, mine.map(({ file, sha256, face }) => [file, sha256, face])]);
    if (key === shownPhotos) return;
    shownPhotos = key;
    const name = person?.name ?? '';
    photosTitle.hidden = !name;
    photosTitle.textContent = name && say('photosOf', { name });
    const old = new Map(
      [...photos.children].map((one) => [/** @type {HTMLElement} */ (one).dataset.key, one]),
    );
    photos.replaceChildren(
      ...mine.map(({ file, sha256, face }, place) => {
        const n = place + 1;
        const id = `${file} ${sha256} ${n} ${face !== false}`;
        const kept = old.get(id);
        if (kept) return kept;
        const what = say(face === false ? 'photoUnseen' : 'photoOf', { n, name });
        const picture = make('img', {
          src: photoAddress(file),
          alt: what,
          loading: 'lazy',
          width: 64,
          height: 48,
        });
        const remove = make('button', {
          type: 'button',
          className: 'remove plain',
          textContent: '×',
          aria: { label: say('removePhoto', { n, name }) },
          onclick: () => removeOne(file, name, n),
        });
        const found = face === false ? { className: 'unseen', title: what } : {};
        return make('li', { data: { key: id }, ...found }, picture, remove);
      }),
    );
    if (name && !mine.length)
      photos.append(make('li', { className: 'quiet', textContent: say('noPhotos', { name }) }));
  }

  /** What to do next. @param {State} state */
  function hint(state) {
    const with_ = learnt(state);
    const all = with_.reduce((sum, { n }) => sum + n, 0);
    if (!state.people.length) return say('nextName');
    if (!chosen) return say('nextChoose');
    if (!with_.some(({ name }) => name === chosen)) return say('nextPhotos', { name: chosen });
    const one = current(state);
    if (one && unseen(one).length === one.photos.filter(({ set }) => set === LEARNT).length)
      return say('nextSeen', { name: chosen });
    if (state.people.length < 2) return say('nextSecond');
    return say('nextMore', { people: with_.length, photos: all });
  }

  store.listen((state) => {
    if (!current(state)) chosen = state.people.length === 1 ? state.people[0].name : '';
    sentence.textContent = say('agree', { sentence: state.sentence });
    const focus = document.activeElement?.closest('[data-person]');
    const place = focus
      ? [...focus.querySelectorAll('button')].indexOf(/** @type {any} */ (document.activeElement))
      : -1;
    list.replaceChildren(...state.people.map(row));
    if (focus instanceof HTMLElement && place >= 0) {
      const same = list.querySelector(`[data-person=${CSS.escape(focus.dataset.person ?? '')}]`);
      /** @type {HTMLElement | undefined} */ (same?.querySelectorAll('button')[place])?.focus();
    }
    showPhotos(current(state));
    next.textContent = hint(state);
  });

  return {
    /** Whom photos are taken of; empty: nobody is chosen. */
    get chosen() {
      return chosen;
    },
    /** @param {string} name */
    choose(name) {
      chosen = name;
      store.tell();
    },
  };
}
/** @typedef {ReturnType<typeof createPeople>} People */
