/** Server-sent events read from a fetch body, since EventSource cannot send a token. */

/** Yields `{ event, data }`, `comment` for a block without data; fails where nothing at all came for `silenceMs`. */
export async function* events(response, silenceMs) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read(), silenceMs);
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) yield parse(block);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  let event = 'message';
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    const match = /^(event|data):? ?(.*)$/.exec(line);
    if (match?.[1] === 'event') event = match[2];
    if (match?.[1] === 'data') data.push(match[2]);
  }
  return { event: data.length ? event : 'comment', data: data.join('\n') };
}

function orSilence(promise, milliseconds) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the stream fell silent')), milliseconds);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}
