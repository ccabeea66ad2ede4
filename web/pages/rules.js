// The duties with their dated limits: what starts and stops the clock, where which limit holds, and on what basis.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { Downloads, Table } from '/ui/table.js';
import words from '/words/rules.js';

export { words };
const statuses = ['V', 'V2', 'R', 'ours'];

function Duty({ duty, session, t }) {
    const today = session.now.slice(0, 10);
    const holds = (limit) => (limit.from > today ? 'ahead' : limit.to && limit.to <= today ? 'before' : 'mark');
    const has = (name) => duty.limits.some((limit) => limit[name]);
    return html`<section class="section" id=${duty.duty}><header><h2>${capital(duty.says)}</h2><p>${duty.duty}</p></header>
        <p class="prose">${duty.rule}</p>
        ${duty.limits.length ? html`<div class="mt4"><${Table} stack rows=${duty.limits} columns=${[
        { name: t('where'), head: true, cell: (limit) => limit.area_name ?? limit.area ?? t('nation') },
        ...(has('statistic') || has('place') ? [{ name: t('what'), cell: (limit) => [limit.statistic_says ?? limit.statistic, limit.place && t(limit.place)].filter(Boolean).join(' ') }] : []),
        { name: t('limit'), cell: (limit) => html`<b class="num">${limit.says}</b>` },
        { name: t('from'), cell: (limit) => html`<span class="num">${day(limit.from)}</span>${holds(limit) === 'ahead' && html` <small>${t('ahead')}</small>`}` },
        { name: t('to'), cell: (limit) => html`<span class="num">${limit.to ? day(limit.to) : holds(limit) === 'mark' ? t('in_force') : '—'}</span>` },
        { name: t('basis'), cell: (limit) => limit.basis },
        { name: t('status'), cell: (limit) => limit.status_says ?? t(limit.status) }]} /></div>` : html`<p class="mt3 quiet">${t('no_limit')}</p>`}
        <div class="acts noprint">${session.role === 'regulator' && html`<a href=${href('/rules/edit?duty=' + duty.duty)}>${t('edit_new')}</a>`}
            ${['regulator', 'operator', 'administrator'].includes(session.role) && html`<a href=${href('/findings?kind=' + duty.duty)}>${t('see_findings')}</a>`}</div></section>`;
}

export default function Rules({ query, session, t }) {
    const duties = use_data(() => get('/api/duties'), []);
    const wanted = query.get('duty');
    const shown = (duties.data?.items ?? []).filter(({ duty }) => !wanted || duty === wanted);
    return html`${wanted && html`<p class="trail"><a href=${href('/rules')}>${t('rules')}</a> › ${wanted}</p>`}
        <h1>${!duties.data ? t('rules') : wanted && shown.length ? capital(shown[0].says) : t('head', { n: shown.length })}</h1><p class="lede">${t('lede')}</p>
        <${With} of=${duties}>${() => (shown.length ? html`${shown.map((duty) => html`<${Duty} key=${duty.duty} duty=${duty} session=${session} t=${t} />`)}
            <${Downloads} path="/api/duties" query=${{ duty: wanted }} />
            <section class="section"><header><h2>${t('statuses')}</h2></header><dl class="pairs">${statuses.map((status) => html`<div><dt>${status}</dt><dd>${t(status)}</dd></div>`)}</dl></section>`
        : html`<div class="section"><${Empty} title=${t('none')} says=${t('none_says')} /></div>`)}<//>`;
}
