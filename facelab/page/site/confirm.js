// @ts-check
/** Asks before something is gone for good. */

import { byId } from './element.js';

const dialog = byId('confirm', HTMLDialogElement);
const question = byId('confirm-question', HTMLElement);
const yes = byId('confirm-yes', HTMLButtonElement);
const no = byId('confirm-no', HTMLButtonElement);

yes.onclick = () => dialog.close('yes');
no.onclick = () => dialog.close('no');

/**
 * Ask, and return whether the answer is yes.
 * @param {string} text
 * @param {string} act what yes does, in a word
 * @returns {Promise<boolean>}
 */
export function confirmed(text, act) {
  question.textContent = text;
  yes.textContent = act;
  dialog.returnValue = '';
  dialog.showModal();
  no.focus();
  return new Promise((done) =>
    dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }),
  );
}
