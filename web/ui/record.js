// A record in words: its kind's fields with their meaning, choices and units as people say them.
import { html } from '/htm/preact/standalone.module.js';
import { basis_in_language, capital, either, pick, words } from '/ui/language.js';
import { day, moment, money, number, period } from '/ui/format.js';
import { get } from '/ui/api.js';

const t = words({
    zh: { sealed: '密封保存', person: '编号{n}', yes: '是', no: '否', none: '没有', early: '过早', late: '过晚', other: '其他，密封保存' },
    en: { sealed: 'sealed', person: 'subject {n}', yes: 'yes', no: 'no', none: 'none', early: 'too early', late: 'too late', other: 'other, sealed' },
});

const kept = new Map();
export function kind_of(name) {
    if (!kept.has(name)) {
        const promise = get('/api/kinds/' + encodeURIComponent(name));
        promise.catch(() => kept.delete(name));
        kept.set(name, promise);
    }
    return kept.get(name);
}

export const meaning = (part) => capital(either(part.meaning));
// For heads of columns: without what follows a comma or a semicolon.
export const short_meaning = (part) => meaning(part).split(/[，；;,]/)[0];

// What a field's value says; null where it is empty.
export function said(field, value, session) {
    if (value === null || value === undefined || value === '') return null;
    if (typeof value === 'object') return html`<span class="quiet">${t(value.reason in { early: 1, late: 1 } ? value.reason : 'sealed')}</span>`;
    switch (field.type) {
    case 'person': return t('person', { n: number(value) });
    case 'choice': { const choice = field.choices?.find(({ word }) => word === value); return choice ? meaning(choice) : value; }
    case 'flag': return t(value === true || value === 'true' ? 'yes' : 'no');
    case 'time': return moment(value);
    case 'date': return day(value);
    case 'month': return period(value);
    case 'money': return money(value);
    case 'count': return number(value);
    case 'reason': return t(['none', 'early', 'late', 'other'].includes(value) ? value : 'sealed');
    case 'code':
        return (field.name === 'area' && session.areas.find(({ area }) => area === value)?.name)
            || (field.name === 'operator' && session.operators.find(({ operator }) => operator === value)?.name) || String(value);
    default: return field.name === 'basis' ? basis_in_language(value) : String(value);
    }
}

// The fields that have a value, as [{ field, says }].
export const fields_said = (kind, record, session) =>
    kind.fields.map((field) => ({ field, says: said(field, record[field.name], session) })).filter(({ says }) => says !== null);

// A few of them in one line.
export const in_short = (kind, record, session, most = 4) =>
    fields_said(kind, record, session).filter(({ field }) => field.type !== 'sealed').slice(0, most).map(({ says }, i) => html`${i > 0 && pick({ zh: '，', en: ', ' })}${says}`);
