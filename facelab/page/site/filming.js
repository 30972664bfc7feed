// @ts-check
/** @import { Frame } from './types' */
/** @import { Outbox } from './outbox.js' */
/** @import { People } from './people.js' */
/** @import { Store } from './store.js' */
/** @import { Watch } from './watch.js' */
/** Filming: photos of the chosen person, one or a burst of them, or from files. */

import { png } from './camera.js';
import { byId } from './element.js';
import { problem, solved, tell } from './notices.js';
import { say, translated } from './words.js';

const take = byId('take', HTMLButtonElement);
const burst = byId('burst', HTMLButtonElement);
const burstCount = byId('burst-count', HTMLInputElement);
const burstWait = byId('burst-wait', HTMLInputElement);
const burstGap = byId('burst-gap', HTMLInputElement);
const countdown = byId('countdown', HTMLElement);
const upload = byId('upload', HTMLInputElement);
const section = byId('step-people', HTMLElement);

const PICTURES = /^image\/(png|jpeg|bmp|x-ms-bmp|webp|x-portable-graymap)$|^$/;

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A name for photos that were taken in one go. */
const newBurst = () => `page-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/** A field's number within its limits. @param {HTMLInputElement} field */
function number(field) {
  const value = field.value === '' ? NaN : Number(field.value);
  const sound = Number.isFinite(value) ? value : Number(field.defaultValue);
  field.value = String(Math.min(Math.max(sound, Number(field.min)), Number(field.max)));
  return Number(field.value);
}

/**
 * @param {Store} store
 * @param {People} people
 * @param {Watch} watch
 * @param {Outbox} outbox
 * @param {() => string} remark  what is wrong with the latest frame
 */
export function createFilming(store, people, watch, outbox, remark) {
  /** @type {(() => void) | null} ends the burst that runs */
  let stop = null;

  /** Who and what is before the camera, or null once it was said that nobody is. */
  function ready() {
    if (!people.chosen) return problem(say('choosePerson'), 'filming');
    if (!watch.latest) return problem(say('noFrame'), 'filming');
    solved('filming');
    return { person: people.chosen, frame: watch.latest };
  }

  /**
   * Say how many photos were kept and what is wrong with some.
   * @param {string} name
   * @param {boolean[]} kept
   * @param {string[]} wrong
   */
  function report(name, kept, wrong) {
    const n = kept.filter(Boolean).length;
    if (!n) return;
    const bad = wrong.filter(Boolean);
    const remarks = [...new Set(bad)].map(translated).join(', ');
    tell(
      bad.length ? say('keptBut', { n, name, bad: bad.length, remarks }) : say('kept', { n, name }),
    );
  }

  take.onclick = async () => {
    const now = ready();
    if (!now) return;
    const wrong = remark();
    const kept = await outbox.keep(now.person, newBurst(), await png(now.frame));
    report(now.person, [kept], [wrong]);
    await store.read(outbox.revision);
  };

  burst.onclick = async () => {
    if (stop) return stop();
    const now = ready();
    if (!now) return;
    let running = true;
    /** @type {Promise<null>} so that no wait for a frame holds it up */
    const stopped = new Promise((done) => {
      stop = () => {
        running = false;
        stop = null;
        countdown.textContent = '';
        burst.textContent = say('burst');
        done(null);
      };
    });
    const end = () => (running ? stop?.() : undefined);
    burst.textContent = say('burstStop');
    const [count, name] = [number(burstCount), newBurst()];
    /** @type {Promise<boolean>[]} */
    const keeping = [];
    /** @type {string[]} */
    const wrong = [];
    for (let left = Math.ceil(number(burstWait)); left > 0 && running; left--) {
      countdown.textContent = String(left);
      await Promise.race([pause(1000), stopped]);
    }
    let frame = watch.latest ?? (await Promise.race([watch.next(), stopped]));
    for (let n = 1; frame && n <= count && running; n++) {
      countdown.textContent = say('filming', { n, count });
      wrong.push(remark());
      const kept = outbox.keep(now.person, name, await png(frame));
      keeping.push(kept);
      kept.then((there) => there || end()); // of somebody forgotten meanwhile nothing more is taken
      if (n < count) frame = await Promise.race([another(frame), stopped]);
    }
    end();
    report(now.person, await Promise.all(keeping), wrong);
    await store.read(outbox.revision);
  };

  /** A frame that is another one, after the pause. @param {Frame} before */
  async function another(before) {
    const coming = watch.next();
    await pause(number(burstGap) * 1000);
    const latest = watch.latest;
    return latest && latest !== before ? latest : coming;
  }

  /** @param {Iterable<File>} files */
  async function add(files) {
    if (!people.chosen) return problem(say('choosePerson'), 'filming');
    solved('filming');
    const person = people.chosen;
    /** @type {Promise<boolean>[]} */
    const keeping = [];
    for (const file of files) {
      if (PICTURES.test(file.type)) keeping.push(outbox.keep(person, newBurst(), file, file.name));
      else problem(say('notAnImage', { file: file.name, kind: file.type || say('unknownKind') }));
    }
    report(person, await Promise.all(keeping), []);
    await store.read(outbox.revision);
  }

  upload.onchange = async () => {
    const files = [...(upload.files ?? [])];
    upload.value = '';
    await add(files);
  };
  section.ondragover = (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    section.classList.add('dropping');
  };
  section.ondragleave = (event) => {
    if (!section.contains(/** @type {Node | null} */ (event.relatedTarget)))
      section.classList.remove('dropping');
  };
  section.ondrop = (event) => {
    event.preventDefault();
    section.classList.remove('dropping');
    add([...(event.dataTransfer?.files ?? [])]);
  };

  /** Nothing can be filmed when nothing can be kept. */
  store.listen(({ writable }) => {
    for (const field of [take, burst, upload]) field.disabled = !writable;
  });
  return {
    /** End the burst that runs, if one does. */
    stop: () => stop?.(),
  };
}
