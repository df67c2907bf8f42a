/** The access token of this tab: in session storage, never in a URL. */

import { session } from './storage.js';

const KEY = 'classpulse.token';

export const stored = () => session.getItem(KEY);
export const keep = (token) => session.setItem(KEY, token);
export const forget = () => session.removeItem(KEY);

/** Whether a text can be sent in a header field at all. */
export const isSendable = (text) => /^[\x20-\x7e]+$/.test(text);
