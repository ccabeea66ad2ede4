// Reminders owed and sent: by month, by operator, and those at fault one by one.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';
import { long_month, number, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Chart } from '/ui/chart.js';
import { Finding } from '/ui/finding.js';
import { Downloads, Table } from '/ui/table.js';
import { get_figures, shown } from '/ui/figure.js';
import { FigureFilters, asked, filters_of } from '/ui/figure_filters.js';
import { hue, operator_name } from '/ui/names.js';
import figure_words from '/words/figures.js';
import reminder_words from '/words/reminders.js';

export const words = { zh: { ...figure_words.zh, ...reminder_words.zh }, en: { ...figure_words.en, ...reminder_words.en } };
const shares = { in_time: 'usage.notice.in_time', late: 'usage.notice.late_share', missing: 'usage.notice.missing_share' };
const comma = pick({ zh: '，', en: ', ' });

// One line of counts: of a row of each figure for the same operator and period.
function counts(rows) {
    const count = (name) => Math.round((rows[name]?.value ?? 0) * (rows[name]?.n ?? 0));
    return { owed: rows.in_time?.n ?? 0, in_time: count('in_time'), late: count('late'), missing: count('missing'), share: rows.in_time?.value ?? null, delay: rows.delay?.value ?? null };
}

const columns = (t) => [
    ...['owed', 'in_time', 'late', 'missing'].map((name) => ({ name: t(name), n: true, cell: (line) => number(line[name]) })),
    { name: t('share'), n: true, cell: ({ share }) => (share === null ? '—' : shown(share, 'share') + '%') },
    { name: t('delay'), n: true, hide: true, cell: ({ delay }) => (delay === null ? '—' : number(delay, 1)) },
];

function Months({ answers, session, t, filters, go }) {
    const { over } = answers.in_time;
    const rows_of = (name, by_operator) => answers[by_operator ? name + '_by' : name].items;
    const line = (month, operator) => counts(Object.fromEntries([...Object.keys(shares), 'delay'].map((name) => [name, rows_of(name, operator !== undefined)
        .find((row) => row.period === month && (operator === undefined || row.operator === operator))])));
    const months = [...new Set(rows_of('in_time').filter(({ n }) => n).map((row) => row.period))].sort();
    const closed = months.filter(over), newest = closed.at(-1) ?? months.at(-1);
    if (!newest) return html`<h1>${t('title')}</h1><${Empty} title=${t('none')} says=${t('none_says')} />`;
    const operators = session.operators.filter(({ operator }) => rows_of('in_time', true).some((row) => row.operator === operator && row.n));
    const at = (operator, month) => rows_of('in_time', true).find((row) => row.operator === operator && row.period === month && row.value !== null) ?? null;
    const last = line(newest), bad = last.owed - last.in_time, shown_months = closed.slice(-24);
    const whose = filters.operator && session.role !== 'operator' ? operator_name(session, filters) + pick({ zh: '：', en: ': ' }) : '';
    return html`<h1>${whose}${t(bad ? 'head_some' : 'head_all', { period: pick({ zh: period(newest), en: long_month(newest) }), n: number(last.owed), bad: number(bad) })}</h1>
        <p class="meta"><span>${t('meta')}</span><${At} position=${answers.in_time.position} to="#whence" /></p>
        ${session.role !== 'operator' && html`<${FigureFilters} filters=${filters} session=${session} t=${t} path="/reminders" go=${go} />`}
        <section class="section"><header><h2>${t('by_month')}</h2><p>${period(months[0])}–${period(months.at(-1))}</p></header>
            ${shown_months.length > 1 && html`<figure><figcaption><h3>${t('chart')}</h3></figcaption><${Chart} labels=${shown_months.map((month, i) => period(month, i > 0 && !month.endsWith('-01')))}
                says=${(value) => shown(value, 'share').replace(/\.0$/, '')} described=${t('chart')}
                series=${operators.map(({ operator, name }) => ({ name, hue: hue(session, operator), points: shown_months.map((month) => at(operator, month)) }))} /></figure>`}
            <div class="mt4"><${Table} wide caption=${t('title')} rows=${[...months].reverse().map((month) => ({ month, ...line(month) }))} row_key=${({ month }) => month} columns=${[
        { name: t('month'), head: true, cell: ({ month }) => period(month) + (over(month) ? '' : pick({ zh: '（未完）', en: ' (not over)' })) }, ...columns(t)]} /></div>
            <p class="small quiet mt3">${Object.values(shares).map((figure, i) => html`${i > 0 && comma}<a href=${href('/figures/' + figure + asked(filters))}>${t(Object.keys(shares)[i])}</a>`)}${pick({ zh: '：', en: ': ' })}${t('figure')}</p></section>
        ${operators.length > 1 && html`<section class="section"><header><h2>${t('by_operator')}</h2><p>${period(newest)}</p></header>
            <${Table} wide caption=${t('title')} rows=${operators.map(({ operator, name }) => ({ operator, name, ...line(newest, operator) }))} row_key=${({ operator }) => operator} columns=${[
        { name: t('of_operator'), head: true, cell: ({ operator, name }) => html`<a href=${href('/reminders' + asked({ operator }))}>${name}</a>` }, ...columns(t)]} /></section>`}`;
}

function Faults({ filters, session, t }) {
    const findings = use_data(() => get('/api/findings', { kind: 'usage.notice', ...filters, limit: 10 }), [JSON.stringify(filters)]);
    const all = href('/findings' + asked({ kind: 'usage.notice', ...filters }));
    return html`<section class="section"><header><h2>${t('faults')}</h2><p>${t('faults_note')}</p></header>
        <${With} of=${findings}>${(page) => (page.items.length ? html`<ul>${page.items.map((finding) => html`<${Finding} key=${finding.finding} finding=${finding} session=${session} position=${page.position} />`)}</ul>
            <p class="mt4"><a href=${all}>${t('all_faults')}</a></p><p><a href=${href('/records/notice_sent')}>${t('sent')}</a></p>
            <${Downloads} path="/api/findings" query=${{ kind: 'usage.notice', ...filters }} />` : html`<${Empty} title=${t('no_faults')} />`)}<//></section>`;
}

export default function Reminders({ query, session, t, go }) {
    const filters = filters_of(query);
    if (session.role === 'operator') filters.operator = session.operator;
    const keys = [JSON.stringify(filters)];
    const of = { ...shares, delay: 'usage.notice.delay' };
    const answers = use_data(async () => {
        const wanted = Object.entries(of).flatMap(([name, kind]) => [[name, kind, 'period'], [name + '_by', kind, 'operator,period']]);
        return Object.fromEntries(await Promise.all(wanted.map(async ([name, kind, by]) => [name, await get_figures({ kind, by, ...filters })])));
    }, keys);
    return html`<div><${With} of=${answers}>${(all) => html`<${Months} answers=${all} session=${session} t=${t} filters=${filters} go=${go} />`}<//></div>
        <${Faults} filters=${filters} session=${session} t=${t} />`;
}
