// The province at a glance: what people come for, its numbers, its operators, its cities, the duties most often broken.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, language, pick } from '/ui/language.js';
import { large, long_month, number, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Chart } from '/ui/chart.js';
import { Interval, scale_of } from '/ui/interval.js';
import { Downloads, Table } from '/ui/table.js';
import { FigureCard, change, get_figures, limit_of, margin, ranks, shown } from '/ui/figure.js';
import { area_name, hue, operator_name } from '/ui/names.js';
import words from '/words/home.js';

export { words };
const main = 'complaint.per_million';

function Tasks({ t }) {
    const tasks = [['/complaints/new', 'file'], ['/complaints/follow', 'track'], ['/public/complaints', 'see_complaints'], ['/rules', 'see_rules']];
    return html`<ul class="tasks">${tasks.map(([path, word]) => html`<li><a href=${href(path)}>${t(word)}</a><p>${t(word + '_says')}</p></li>`)}</ul>`;
}

function Operators({ rows, months, session, t }) {
    const operators = session.operators.filter(({ operator }) => rows.some((row) => row.operator === operator));
    const at = (operator, month) => rows.find((row) => row.operator === operator && row.period === month && row.value !== null) ?? null;
    const last = operators.map(({ operator }) => at(operator, months.at(-1))).filter(Boolean);
    const places = ranks(last, 'lower');
    const labels = months.map((month, i) => period(month, i > 0 && !month.endsWith('-01')));
    return html`<section class="section"><header><h2>${t('operators')}</h2><p>${t('months', { from: period(months[0]), to: period(months.at(-1)) })}</p></header>
        <div class="cols"><figure><figcaption><h3>${t('chart')}</h3></figcaption>
            <${Chart} zero labels=${labels} says=${(value) => shown(value, 'per million').replace(/\.0$/, '')} described=${t('chart_described', { n: operators.length })}
                series=${operators.map(({ operator, name }) => ({ name, hue: hue(session, operator), points: months.map((month) => at(operator, month)) }))} />
        </figure><div><h3>${t('how')}</h3><p>${t('how_says')}${places.map(({ row, from, to }, i) => html`${i > 0 && pick({ zh: '，', en: ', ' })}<b>${operator_name(session, row)}</b>${pick({ zh: '', en: ' ' })}${from === to ? t('rank_one', { from }) : t('rank', { from, to })}`)}${pick({ zh: '。', en: '.' })}</p>
            <div class="mt4"><${Table} rows=${places.map(({ row }) => row)} columns=${[
        { name: period(months.at(-1), true), head: true, cell: (row) => html`<span class=${'op-' + hue(session, row.operator)}>${operator_name(session, row)}</span>` },
        { name: t('per_million'), n: true, cell: (row) => shown(row.value, row.unit) },
        { name: t('interval'), n: true, cell: (row) => margin(row) },
        { name: t('cases'), n: true, cell: (row) => number(row.n) }]} /></div>
            <${Downloads} path="/api/figures" query=${{ kind: main, by: 'operator,period' }}><${At} position=${last[0]?.position} to=${href('/figures/' + main)} /><//>
        </div></div></section>`;
}

function Cities({ rows, session, t }) {
    const of = (figure) => rows.filter((row) => row.figure === figure && row.value !== null);
    const million = of(main), in_time = of('complaint.in_time');
    const first = scale_of(million.flatMap(({ low, high }) => [low, high])), second = scale_of([...in_time.map(({ value }) => value), 1]);
    const says = (scale, unit) => t('axis', { from: shown(scale.from, unit).replace(/\.0$/, ''), to: shown(scale.to, unit).replace(/\.0$/, '') });
    const short = (row) => (language === 'zh' ? area_name(session, row).replace(/市$/, '') : area_name(session, row));
    return html`<table class="plots"><thead><tr><th scope="col">${t('city')}</th>
            <th scope="col" colspan="2">${t('axis_million')}<br />${says(first, 'per million')}</th>
            <th scope="col" colspan="2">${t('in_time')}<br />${says(second, 'share')}</th><th scope="col" class="n wideonly">${t('cases')}</th></tr></thead>
        <tbody>${million.map((row) => {
        const other = in_time.find(({ area }) => area === row.area);
        return html`<tr key=${row.area}><th scope="row">${short(row)}</th><td class="n">${shown(row.value, row.unit)}</td>
            <td class="plot"><${Interval} ...${row} scale=${first} /></td><td class="n">${other && shown(other.value, other.unit)}</td>
            <td class="plot">${other && html`<${Interval} value=${other.value} scale=${second} limit=${limit_of(other.figure)} />`}</td>
            <td class="n wideonly">${number(row.n)}</td></tr>`;
    })}</tbody></table>`;
}

function Broken({ items, session, t }) {
    const duties = [...new Map(items.map((item) => [item.duty, item])).values()]
        .map(({ duty, says }) => {
            const parts = items.filter((item) => item.duty === duty).sort((one, other) => other.count - one.count);
            return { duty, says, parts, count: parts.reduce((sum, part) => sum + part.count, 0) };
        }).sort((one, other) => other.count - one.count);
    const staff = ['regulator', 'operator', 'administrator'].includes(session.role);
    return html`<h3 class="side light">${t('broken')}${pick({ zh: '，', en: '. ' })}${t('broken_says')}</h3>
        ${duties.length ? html`<ul class="findings">${duties.slice(0, 3).map(({ duty, says, parts, count }) => html`<li class="finding one" key=${duty}>
            <div><h3><a href=${href(staff ? `/findings?kind=${duty}` : `/rules?duty=${duty}`)}>${capital(says)}${pick({ zh: '：', en: ': ' })}${t('times', { n: number(count) })}</a></h3>
                <p class="where"><span class="num">${duty}</span></p></div>
            <dl class="against">${parts.slice(0, 3).map((part) => html`<div><dt>${part.operator ? operator_name(session, part) : t('regulator')}</dt><dd>${number(part.count)}</dd></div>`)}</dl></li>`)}</ul>
        ${staff && html`<p class="mt3"><a href=${href('/findings')}>${t('all_findings')}</a></p>`}` : html`<p class="mt3">${t('none_broken')}</p>`}`;
}

export default function Home({ session, t }) {
    const definitions = use_data(() => get('/api/figures/definitions'), []);
    const figures = use_data(() => get_figures({ by: 'period' }), []);
    const operators = use_data(() => get_figures({ kind: main, by: 'operator,period' }), []);
    const broken = use_data(() => get('/api/findings/summary'), []);

    const over = (figures.data?.items ?? []).filter((row) => figures.data.over(row.period));
    const months = [...new Set(over.filter((row) => row.figure === main && row.value !== null).map((row) => row.period))].slice(-12);
    const last = months.at(-1);
    const cities = use_data(() => last && get_figures({ kind: 'complaint', by: 'area', period: last }), [last]);
    const of = (figure) => over.filter((row) => row.figure === figure && months.includes(row.period));
    const cards = (items) => items.filter(({ figure, unit }) => unit !== 'complaint' && of(figure).length);
    const row = of(main).at(-1), before = of(main).at(-2);
    const changed = row && change(row, before);
    const head = !figures.data ? null : !row ? t('no_figures')
        : t(changed ? 'head_change' : 'head', { month: pick({ zh: period(last, true), en: long_month(last) }), value: shown(row.value, row.unit), change: changed?.says });
    const users = row && row.value ? Math.round((row.n / row.value) * 1e6) : 0;
    return html`
        <h1>${head ?? t('home')}</h1>
        <p class="lede">${users ? t('lede', { province: session.province, users: large(users) }) : t('lede_plain', { province: session.province })}</p>
        <${Tasks} t=${t} />
        <${With} of=${figures.problem ? figures : definitions}>${({ items }) => (!figures.data ? html`<${With} of=${figures}>${() => null}<//>` : !row
        ? html`<div class="section"><${Empty} title=${t('no_figures')} says=${t('no_figures_says')} /></div>`
        : html`<section class="section"><header><h2>${t('numbers', { n: cards(items).length })}</h2><p>${t('numbers_note', { month: period(last) })}</p></header>
            <div class="figures">${cards(items).map((definition) => html`<${FigureCard} key=${definition.figure} definition=${definition} rows=${of(definition.figure)} />`)}</div></section>`)}<//>
        ${last && html`<${With} of=${operators}>${({ items }) => html`<${Operators} rows=${items} months=${months} session=${session} t=${t} />`}<//>
        <section class="section"><header><h2>${t('cities')}</h2><p>${t('cities_note')}</p></header><div class="cols even">
            <div><${With} of=${cities}>${({ items }) => html`<${Cities} rows=${items} session=${session} t=${t} />
                <${Downloads} path="/api/figures" query=${{ kind: 'complaint', by: 'area', period: last }}><${At} position=${items[0]?.position} to=${href('/figures/' + main)} /><//>`}<//></div>
            <div><${With} of=${broken}>${({ items }) => html`<${Broken} items=${items} session=${session} t=${t} />`}<//></div></div></section>`}`;
}
