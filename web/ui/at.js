// The mark of evidence: 据 and a ledger position. It leads to the record, or to what else shows where a number comes from.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';
import { number } from '/ui/format.js';

const says = pick({ zh: '出处，账本第', en: 'Source, ledger position ' });

export function At({ position, to }) {
    if (position === null || position === undefined) return null;
    return html`<a class="at" href=${to ?? href('/verify')}><span class="hidden">${says}</span>${number(position)}</a>`;
}

export const record_address = ({ source, seq }) => href(`/record?source=${encodeURIComponent(source)}&seq=${seq}`);
