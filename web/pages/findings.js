// The duties that were broken: how often by whom, then one by one with the records that show it.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href } from '/ui/language.js';
import { number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Downloads, More } from '/ui/table.js';
import { Input, Select } from '/ui/field.js';
import { Finding } from '/ui/finding.js';
import { inner_areas, operator_name } from '/ui/names.js';
import words from '/words/findings.js';

export { words };
const names = ['kind', 'operator', 'area', 'since'];
const asked = (filters) => {
    const text = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
    return text && '?' + text;
};
const sum = (items) => items.reduce((total, { count }) => total + count, 0);

function Filters({ filters, session, t, go }) {
    const [chosen, set_chosen] = useState(filters);
    const set = (name) => (value) => set_chosen({ ...chosen, [name]: value });
    return html`<form class="filters noprint" onSubmit=${(event) => { event.preventDefault(); go('/findings' + asked(chosen)); }}>
        ${session.role !== 'operator' && html`<${Select} id="filter-operator" label=${t('whose')} value=${chosen.operator ?? ''} onValue=${set('operator')}
            options=${[['', t('everybody')], ...session.operators.map(({ operator, name }) => [operator, name])]} />`}
        <${Select} id="filter-area" label=${t('where')} value=${chosen.area ?? ''} onValue=${set('area')}
            options=${[['', t('whole')], ...inner_areas(session).map(({ area, name }) => [area, name])]} />
        <${Input} id="filter-since" label=${t('since')} type="date" value=${chosen.since ?? ''} onValue=${set('since')} />
        <button class="button plain">${t('show')}</button></form>`;
}

export default function Findings({ query, session, t, go }) {
    const filters = Object.fromEntries(names.map((name) => [name, query.get(name)]).filter(([, value]) => value));
    if (session.role === 'operator') filters.operator = session.operator;
    const summary = use_data(() => get('/api/findings/summary', { ...filters, kind: '', limit: 500 }), [filters.operator, filters.area, filters.since]);
    const findings = use_data(() => get('/api/findings', { ...filters, limit: 20 }), [query.toString()]);
    const all = summary.data?.items ?? [];
    const duties = [...new Map(all.map(({ duty, says }) => [duty, says]))].map(([duty, says]) => ({ duty, says, count: sum(all.filter((item) => item.duty === duty)) }))
        .sort((one, other) => other.count - one.count);
    const counted = all.filter(({ duty }) => !filters.kind || duty.startsWith(filters.kind));
    const by_operator = [...new Set(counted.map(({ operator }) => operator))].map((operator) => ({ operator, count: sum(counted.filter((item) => item.operator === operator)) }))
        .sort((one, other) => other.count - one.count);
    const name = (row) => (row.operator ? operator_name(session, row) : t('regulator'));
    const total = sum(counted);
    const head = !summary.data ? t('findings') : !total ? t('none') : filters.operator ? t('head_own', { n: number(total), name: operator_name(session, filters) })
        : by_operator.length > 1 ? t('head_worst', { n: number(total), name: name(by_operator[0]), most: number(by_operator[0].count) }) : t('head', { n: number(total) });
    return html`<h1>${head}</h1>
        <${Filters} filters=${filters} session=${session} t=${t} go=${go} />
        <section class="section"><header><h2>${t('list')}</h2><p>${t('list_note')}</p></header>
            ${duties.length > 0 && html`<p class="tabs"><a href=${href('/findings' + asked({ ...filters, kind: '' }))} aria-current=${filters.kind ? undefined : 'page'}>${t('all')}${' '}${number(sum(all))}</a>
                ${duties.map(({ duty, says, count }) => html`<a key=${duty} href=${href('/findings' + asked({ ...filters, kind: duty }))} aria-current=${filters.kind === duty ? 'page' : undefined}>${capital(says)}${' '}${number(count)}</a>`)}</p>`}
            <${With} of=${findings}>${(first) => (first.items.length ? html`<${More} first=${first}>${(items) => html`<ul>${items.map((finding) => html`<${Finding} key=${finding.finding} finding=${finding} session=${session} position=${first.position} />`)}</ul>`}<//>
                <${Downloads} path="/api/findings" query=${filters}><${At} position=${first.position} /><//>` : html`<${Empty} title=${t('none')} says=${t('none_says')} to=${href('/findings')} act=${t('all')} />`)}<//></section>`;
}
