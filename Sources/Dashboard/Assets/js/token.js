/** The access token of this tab: in session storage, never in a URL. */

const KEY = 'classpulse.token';

export const stored = () => sessionStorage.getItem(KEY);
export const keep = (token) => sessionStorage.setItem(KEY, token);
export const forget = () => sessionStorage.removeItem(KEY);

/** Whether a text can be sent in a header field at all. */
export const isSendable = (text) => /^[\x20-\x7e]+$/.test(text);
