// What the tests of languages ask of the page: which words are in small letters of ASCII, so that
// nobody has translated them into the test's language, and which do not fit where they stand.
() => {
  const left = [], cut = [];
  const data = /`[^`]*`|image\/gif|^facelab$/g; // commands, a kind of file, a name
  const own = (text) => {
    if (/[a-z]{2,}/.test(text.trim().replaceAll(data, ''))) left.push(text.trim());
  };

  /** A menu is as wide as it would be for what is chosen. */
  function menu(one) {
    if (!['language', 'camera'].includes(one.id)) for (const { text } of one.options) own(text);
    const copy = one.cloneNode(false), { font, padding } = getComputedStyle(one);
    copy.append(one.selectedOptions[0]?.cloneNode(true) ?? '');
    copy.removeAttribute('id');
    const free = { width: 'max-content', maxWidth: 'none', position: 'absolute' };
    Object.assign(copy.style, { font, padding, ...free });
    one.after(copy);
    if (copy.offsetWidth > one.offsetWidth + 1 && one.id !== 'camera') cut.push(one.id);
    copy.remove();
  }

  /** What an empty field shows. */
  function hint(one) {
    const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(one);
    pen.font = style.font;
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (pen.measureText(one.placeholder).width > room) cut.push(one.placeholder);
  }

  /** A text lies within its button, within what hides the rest, and within the page. */
  function text(node) {
    own(node.data);
    const range = document.createRange();
    range.selectNodeContents(node);
    const at = range.getBoundingClientRect();
    for (let box = node.parentElement; box; box = box.parentElement) {
      const { overflowX } = getComputedStyle(box), page = !box.parentElement;
      if (['auto', 'scroll'].includes(overflowX)) return;
      if (overflowX !== 'hidden' && box.tagName !== 'BUTTON' && !page) continue;
      const room = box.getBoundingClientRect();
      const wide = at.left < room.left - 1 || at.right > room.right + 1;
      const high = at.top < room.top - 1 || at.bottom > room.bottom + 1;
      if (wide || (high && !page)) cut.push(node.data.trim());
    }
  }

  for (const one of document.querySelectorAll('body *')) {
    if (['SCRIPT', 'OPTION'].includes(one.tagName) || !one.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) own(one.getAttribute(name) ?? '');
    if (one.tagName === 'SELECT') menu(one);
    if (one.placeholder) hint(one);
    if (!one.matches('.skip'))
      for (const node of one.childNodes)
        if (node.nodeType === Node.TEXT_NODE && node.data.trim()) text(node);
  }
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over > 0) cut.push(`the page is wider by ${over}`);
  return { left, cut };
}
