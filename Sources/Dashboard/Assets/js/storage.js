/** The browser's two stores; where it keeps none for pages (blocked by a setting), one that lasts as long as the page. */

export const local = store('localStorage');
export const session = store('sessionStorage');

function store(name) {
  try {
    window[name].getItem('');
    return window[name];
  } catch {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => { kept.set(key, value); },
      removeItem: (key) => { kept.delete(key); },
    };
  }
}
