// The duties with their dated limits: what starts and stops the clock, where which limit holds, and on what basis.
import { html } from '/htm/preact/standalone.module.js';
import { basis_in_language, capital, href } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { record_address } from '/ui/at.js';
import { Downloads, Table } from '/ui/table.js';
import words from '/words/rules.js';

export { words };
const statuses = ['V', 'V2', 'R', 'ours'];

// Whether a limit is in force today, no longer, or not yet.
const standing = (limit, today) => (limit.from > today ? 'ahead' : limit.to && limit.to <= today ? 'before' : 'in_force');

// rows: limits; with `duty` in them there is a column for it.
function Limits({ rows, session, t }) {
    const today = session.now.slice(0, 10);
    const has = (name) => rows.some((limit) => limit[name]);
    const what = (limit) => [limit.statistic, limit.service, limit.place && t(limit.place)].filter(Boolean).join(' ');
    return html`<${Table} stack rows=${rows} columns=${[
        ...(has('duty') ? [{ name: t('duty'), head: true, cell: (limit) => limit.duty }] : []),
        { name: t('where'), head: !has('duty'), cell: (limit) => limit.area_name ?? limit.area ?? t('nation') },
        ...(has('statistic') || has('place') || has('service') ? [{ name: t('what'), cell: (limit) => what(limit) || '—' }] : []),
        { name: t('limit'), cell: (limit) => html`<b class="num">${limit.says}</b>` },
        { name: t('from'), cell: (limit) => html`<span class="num">${day(limit.from)}</span>${standing(limit, today) === 'ahead' && html` <small>${t('ahead')}</small>`}` },
        { name: t('to'), cell: (limit) => html`<span class="num">${limit.to ? day(limit.to) : standing(limit, today) === 'in_force' ? t('in_force') : '—'}</span>` },
        { name: t('basis'), cell: (limit) => html`${basis_in_language(limit.basis)} <a class="small" href=${record_address(limit)}>${t('proof')}</a>` },
        { name: t('status'), cell: (limit) => limit.status_says ?? t(limit.status) }]} />`;
}

function Duty({ duty, session, t }) {
    return html`<section class="section" id=${duty.duty}><header><h2>${capital(duty.says ?? duty.duty)}</h2><p>${duty.duty}</p></header>
        ${duty.rule && html`<p class="prose">${duty.rule}</p>`}
        ${duty.limits.length ? html`<div class="mt4"><${Limits} rows=${duty.limits} session=${session} t=${t} /></div>` : html`<p class="mt3 quiet">${t('no_limit')}</p>`}
        <div class="acts noprint">${session.role === 'regulator' && html`<a href=${href('/rules/edit?duty=' + duty.duty)}>${t('edit_new')}</a>`}
            ${['regulator', 'operator', 'administrator'].includes(session.role) && html`<a href=${href('/findings?kind=' + duty.duty)}>${t('see_findings')}</a>`}</div></section>`;
}

export default function Rules({ query, session, t }) {
    const duties = use_data(() => get('/api/duties'), []);
    const wanted = query.get('duty');
    const items = duties.data?.items ?? [];
    const shown = items.filter(({ duty, says }) => (wanted ? duty === wanted : says));
    const unjudged = wanted ? [] : items.filter(({ says }) => !says).flatMap(({ duty, limits }) => limits.map((limit) => ({ ...limit, duty })));
    return html`${wanted && html`<p class="trail"><a href=${href('/rules')}>${t('rules')}</a> › ${wanted}</p>`}
        <h1>${!duties.data ? t('rules') : wanted && shown.length ? capital(shown[0].says ?? wanted) : t('head', { n: shown.length })}</h1><p class="lede">${t('lede')}</p>
        <${With} of=${duties}>${() => (shown.length ? html`${shown.map((duty) => html`<${Duty} key=${duty.duty} duty=${duty} session=${session} t=${t} />`)}
            ${unjudged.length > 0 && html`<section class="section"><header><h2>${t('unjudged')}</h2><p>${t('unjudged_note')}</p></header>
                <details><summary>${t('unjudged_open', { n: unjudged.length })}</summary><${Limits} rows=${unjudged} session=${session} t=${t} /></details></section>`}
            <${Downloads} path="/api/duties" query=${{ duty: wanted }} />
            <section class="section"><header><h2>${t('statuses')}</h2></header><dl class="pairs">${statuses.map((status) => html`<div><dt>${status}</dt><dd>${t(status)}</dd></div>`)}</dl></section>`
        : html`<div class="section"><${Empty} title=${t('none')} says=${t('none_says')} /></div>`)}<//>`;
}
