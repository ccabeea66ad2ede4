// A deadline as a chip: the remainder in words; filled when past, tinted today, outlined within five days, bare later.
import { html } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { end } from '/ui/format.js';

const t = words({
    zh: {
        late: '超期{n}天', late_today: '刚过期限', today: '今天24:00', left: '还有{n}天', paused: '停表', paused_for: '停表，{says}',
    },
    en: {
        late: ({ n }) => (n === 1 ? '1 day late' : `${n} days late`), late_today: 'just past', today: 'today, 24:00',
        left: ({ n }) => (n === 1 ? '1 day left' : `${n} days left`), paused: 'paused', paused_for: 'paused, {says}',
    },
});

// { due, days_left, overdue, paused } of a case or a work item: days_left 0 is today. `says`: for whom a paused clock waits.
// `beside`: the moment itself in small letters.
export function Deadline({ due, days_left, overdue, paused, says, beside, now }) {
    const chip = paused ? ['later', says ? t('paused_for', { says }) : t('paused')]
        : overdue ? ['late', days_left ? t('late', { n: Math.abs(days_left) }) : t('late_today')]
        : days_left === 0 ? ['today', t('today')]
        : days_left <= 5 ? ['soon', t('left', { n: days_left })]
        : ['later', t('left', { n: days_left })];
    if (!due && !paused) return null;
    return html`<span class=${'chip ' + chip[0]}>${chip[1]}</span>${beside && due && html` <small><time datetime=${due}>${end(due, now)}</time></small>`}`;
}

// Whose turn it is, or what has been done.
export const Turn = ({ children }) => html`<span class="chip you">${children}</span>`;
export const Done = ({ children }) => html`<span class="chip done">${children}</span>`;
