// What is done on facelab's own page many times over, in one go: hold a frame up, wait until the page
// has looked, press a button. Put in before the page's scripts; it calls nothing of theirs.
(() => {
  const NOW_AND_THEN = 20; // ms
  const at = (selector) => document.querySelector(selector);
  const number = (element, name) => Number(element?.dataset[name] ?? 0);
  const preview = () => at('#preview');
  // of everybody: whose a photo is said to be, is for the book to judge
  const photos = () => [...document.querySelectorAll('#people .count')].reduce((sum, one) => sum + number(one, 'n'), 0);

  /**
   * Wait until something holds, for `wait` ms; false: it did not. Looked at whenever the page has
   * changed, and now and then: not every sign is a change of its elements.
   */
  const until = (held, wait) =>
    new Promise((done, failed) => {
      const end = performance.now() + wait;
      let watching, timer;
      const over = (tell, told) => {
        watching?.disconnect();
        clearInterval(timer);
        tell(told);
        return true;
      };
      const look = () => {
        try {
          if (held()) return over(done, true);
        } catch (error) {
          return over(failed, error);
        }
        return performance.now() > end && over(done, false);
      };
      if (look()) return;
      watching = new MutationObserver(look);
      watching.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
      timer = setInterval(look, NOW_AND_THEN);
    });
  /** Press a button that can be seen and pressed. */
  function press(selector) {
    const button = at(selector);
    if (!button || button.disabled || !button.checkVisibility()) throw new Error(`${selector} cannot be pressed`);
    button.click();
  }
  /** Hold a frame up until the page has read it; what comes of it may take longer. */
  async function look(content, wait) {
    const before = number(preview(), 'seen');
    await facelabWebcam.show(content);
    return until(() => number(preview(), 'seen') > before, wait);
  }
  /** Hold frames up, each once the one before was read: the page works on one, the next is decoded. */
  async function lookAt(contents, wait) {
    for (const content of contents) if (!(await look(content, wait))) return;
  }
  const rows = () => at('#answers')?.tBodies[0]?.rows.length ?? 0;
  const columns = (ids, attribute, cells) =>
    ids.map((id) => [...document.querySelectorAll(cells(id))].map((cell) => Number(cell.dataset[attribute] ?? 0)));

  window.facelabHand = {
    until, look,
    /** Take a photo of each frame; at the end all are kept. The number kept before one was not. */
    async film([contents, wait]) {
      const before = photos();
      for (const [place, content] of contents.entries()) {
        if (!(await look(content, wait))) return ['the webcam', place];
        // the one before is on the disk: so they are kept in their order
        if (!(await until(() => photos() === before + place, wait))) return ['a photo', place];
        press('#take');
      }
      const kept = await until(() => photos() === before + contents.length && !number(at('#unsent'), 'count'), wait);
      return kept ? null : ['a photo', contents.length];
    },
    /** Take photos away, by the names of their files, of the person that is chosen. */
    async remove([files, wait]) {
      const of = (file) => [...document.querySelectorAll('#photos li')].find((li) => li.dataset.key?.startsWith(`${file} `));
      for (const file of files) {
        of(file).querySelector('button.remove').click();
        if (!(await until(() => at('#confirm').open, wait))) return file;
        press('#confirm-yes');
        if (!(await until(() => !of(file), wait))) return file;
      }
      return null;
    },
    /** Have the table answer each frame, a row a frame; how many were. */
    async ask([contents, wait]) {
      const before = rows();
      await lookAt(contents, wait);
      await until(() => rows() - before >= contents.length, wait);
      return rows() - before;
    },
    /** Have the tally count each frame: what it added to each model's rows, and what is live. */
    async count([contents, ids, wait]) {
      const tally = () => columns(ids, 'n', (id) => `#tally tbody td[data-model="${id}"]`);
      const live = () => ids.map((id) => at(`#live [data-model="${id}"]`)?.dataset.probabilities ?? '');
      const told = [];
      let before = tally();
      // called after every change of the number of frames, before anything else happens
      const watching = new MutationObserver(() => {
        const now = tally();
        const added = now.map((column, model) => column.map((n, row) => n - before[model][row]));
        told.push([added, live()]);
        before = now;
      });
      watching.observe(at('#frames'), { childList: true, characterData: true, subtree: true });
      await lookAt(contents, wait);
      await until(() => told.length >= contents.length, wait);
      watching.disconnect();
      return told;
    },
  };
})();
