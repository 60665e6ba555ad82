/** Makes an element: `set` are its properties, or attributes where the name has a dash or is `for` or `role`. */
export function el(tag, set = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined || value === null) continue;
    if (name.includes('-') || name === 'for' || name === 'role') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null));
  return element;
}

/** The nodes of one paragraph of CommonMark, as far as the description uses it: code and links. */
export function inline(text) {
  return text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/).map((part) => {
    if (part.startsWith('`')) return el('code', {}, part.slice(1, -1));
    const link = /^\[([^\]]+)\]\((https?:[^)]+)\)$/.exec(part);
    return link ? el('a', {href: link[2], rel: 'noreferrer'}, link[1]) : part;
  });
}

/** The paragraphs of a description. */
export function paragraphs(text = '') {
  return text.trim().split(/\n\s*\n/).filter(Boolean).map((part) => el('p', {}, inline(part.replace(/\s+/g, ' '))));
}

/** A block of text with a button that copies it; `label` says of what. */
export function copyable(text, label) {
  const button = el('button', {type: 'button', className: 'copy', 'aria-label': `Copy ${label}`}, 'Copy');
  button.addEventListener('click', async () => {
    button.textContent = await copied(text, block) ? 'Copied' : 'Selected';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  const block = el('pre', {tabIndex: 0, role: 'group', 'aria-label': label}, el('code', {}, text));
  return el('div', {className: 'copyable'}, block, button);
}

/** Copies, or where the browser does not let it (plain HTTP), selects. Returns whether it copied. */
async function copied(text, block) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(block);
    return false;
  }
}
