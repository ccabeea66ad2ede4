// One figure: over the months by operator, by area, by category; its definition; what it was computed from.
import { html } from '/htm/preact/standalone.module.js';
import { capital, either, href, pick } from '/ui/language.js';
import { long_month, number, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Chart } from '/ui/chart.js';
import { Interval, scale_of } from '/ui/interval.js';
import { Downloads, Table } from '/ui/table.js';
import { change, get_figures, limit_of, margin, ranks, shown, shown_with_unit } from '/ui/figure.js';
import { area_name, hue, operator_name } from '/ui/names.js';
import { FigureFilters, asked, filters_of } from '/ui/figure_filters.js';
import words from '/words/figures.js';

export { words };
const comma = pick({ zh: '，', en: ', ' }), stop = pick({ zh: '。', en: '.' });
const tidy = (text) => text.replace(/\.0$/, '');

const has_margins = (rows) => rows.some(({ low }) => low !== null);

// A table whose rows are intervals on one scale.
function Plots({ rows, name, head, definition, t }) {
    const known = rows.filter(({ value }) => value !== null);
    const scale = scale_of(known.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]));
    const limit = limit_of(definition.figure);
    const unit = definition.unit;
    return html`<${Table} kind="plots" rows=${rows} columns=${[
        { name: head, head: true, cell: name },
        { name: t('value'), n: true, cell: (row) => shown(row.value, unit) },
        ...(has_margins(rows) ? [{ name: t('interval'), n: true, hide: true, cell: (row) => margin(row, definition) }] : []),
        { name: t('axis', { from: tidy(shown(scale.from, unit)), to: tidy(shown(scale.to, unit)) }), plot: true,
            cell: (row) => html`<${Interval} ...${row} scale=${scale} limit=${limit >= scale.from && limit <= scale.to ? limit : null} />` },
        { name: t('n'), n: true, cell: (row) => number(row.n) },
        ...(rows.some(({ unknown }) => unknown) ? [{ name: t('unknown'), n: true, hide: true, cell: (row) => number(row.unknown) }] : []),
    ]} />`;
}

function Months({ rows, definition, session, t, is_over }) {
    const unit = definition.unit;
    const over = rows.filter((row) => is_over(row.period));
    const months = [...new Set(over.filter(({ value }) => value !== null).map((row) => row.period))].sort().slice(-24);
    if (!months.length) return null;
    const operators = session.operators.filter(({ operator }) => over.some((row) => row.operator === operator));
    const at = (operator, month) => over.find((row) => row.operator === operator && row.period === month && row.value !== null) ?? null;
    const is_share = unit === 'share';
    const labels = months.map((month, i) => period(month, i > 0 && !month.endsWith('-01')));
    const places = ranks(operators.map(({ operator }) => at(operator, months.at(-1))).filter(Boolean), definition.better);
    const open = [...new Set(rows.filter((row) => !is_over(row.period)).map((row) => row.period))];
    const has_band = has_margins(over);
    return html`<section class="section"><header><h2>${t('by_month')}</h2><p>${period(months[0])}–${period(months.at(-1))}</p></header>
        <div class="cols"><figure><figcaption><h3>${capital(definition.says)}${unit === 'share' ? pick({ zh: '（%）', en: ' (%)' }) : ''}</h3></figcaption>
            <${Chart} zero=${!is_share} labels=${labels} says=${(value) => tidy(shown(value, unit))} limit=${undefined} described=${definition.says}
                series=${operators.map(({ operator, name }) => ({ name, hue: hue(session, operator), points: months.map((month) => at(operator, month)) }))} /></figure>
            <div><h3>${t('how')}</h3><p>${has_band ? t('how_band') : t('how_full')}</p>
                ${places.length > 1 && html`<p class="mt3">${t('places', { period: period(months.at(-1)) })}${places.map(({ row, from, to }, i) => html`${i > 0 && comma}<b>${operator_name(session, row)}</b>${pick({ zh: '', en: ' ' })}${from === to ? t('rank_one', { from }) : t('rank', { from, to })}`)}${stop}</p>`}
                ${open.length > 0 && html`<p class="mt3 small quiet">${t('open_month', { period: open.map((each) => period(each)).join(comma) })}</p>`}
                <p class="mt3 small quiet">${t('unknown_says')}</p></div></div>
        <div class="mt4"><${Table} wide rows=${months} caption=${definition.says} row_key=${(month) => month} columns=${[
        { name: t('month_column'), head: true, cell: (month) => period(month) },
        ...operators.flatMap(({ operator, name }) => [
            { name: html`<span class=${'op-' + hue(session, operator)}>${name}</span>`, n: true, cell: (month) => shown(at(operator, month)?.value, unit) },
            ...(has_band ? [{ name: t('interval'), n: true, hide: true, cell: (month) => (at(operator, month) ? margin(at(operator, month), definition) : '—') }] : []),
            { name: t('n'), n: true, hide: true, cell: (month) => number(at(operator, month)?.n ?? 0) }]),
    ]} /></div></section>`;
}

export default function Figure({ params, query, session, t, go }) {
    const { figure } = params;
    const { period: wanted, ...filters } = filters_of(query);
    const kind = figure.split('.')[0];
    const has_categories = figure.startsWith('complaint.'); // only complaints have categories, and a list of records
    const keys = [figure, query.toString()];
    const rows_of = (answer) => answer.items.filter((row) => row.figure === figure);
    const definitions = use_data(() => get('/api/figures/definitions'), []);
    const whole = use_data(() => get_figures({ kind: figure, by: 'period', ...filters }), keys);
    const operators = use_data(() => get_figures({ kind: figure, by: 'operator,period', ...filters }), keys);
    const kinds = use_data(() => has_categories && get('/api/kinds/' + kind), [kind]);
    const months = whole.data ? rows_of(whole.data).map((row) => row.period).sort() : [];
    const over = months.filter((month) => whole.data.over(month));
    const month = wanted ?? over.at(-1);
    const areas = use_data(() => month && get_figures({ kind: figure, by: 'area', ...filters, period: month }), [...keys, month]);
    const categories = use_data(() => month && has_categories && get_figures({ kind: figure, by: 'category', ...filters, period: month }), [...keys, month]);

    const definition = definitions.data?.items.find((each) => each.figure === figure);
    if (definitions.data && !definition) return html`<h1>${t('none')}</h1><p><a href=${href('/figures')}>${t('all_figures')}</a></p>`;
    if (!definition || !whole.data) return html`<h1>${definition?.says ?? t('figures')}</h1><${With} of=${whole.problem ? whole : definitions.problem ? definitions : {}}>${() => null}<//>`;

    const row = rows_of(whole.data).find((each) => each.period === month);
    const before = rows_of(whole.data).find((each) => each.period === over[over.indexOf(month) - 1]);
    const changed = row && change(row, before);
    const choices = kinds.data?.fields?.find(({ name }) => name === 'category')?.choices ?? [];
    const category = (word) => { const found = choices.find((choice) => choice.word === word); return found ? capital(either(found.meaning)) : word; };
    const of = [filters.area ? area_name(session, filters) : null, filters.operator && operator_name(session, filters), filters.category && category(filters.category)].filter(Boolean).join(comma);
    const values = { period: pick({ zh: period(month ?? ''), en: /-/.test(month ?? '') ? long_month(month) : period(month ?? '') }), says: definition.says, value: row && shown_with_unit(row.value, definition.unit), change: changed?.says };
    const command = ['mingbai figures ' + figure + ' --by operator,period', ...Object.entries(filters).map(([name, value]) => `--${name} ${value}`)].join(' ');
    return html`<p class="trail"><a href=${href('/figures')}>${t('figures')}</a> › ${capital(definition.says)}</p>
        <h1>${of && of + pick({ zh: '：', en: ': ' })}${row && row.value !== null ? t(changed ? 'figure_head' : 'figure_head_plain', values) : t('figure_none', values)}</h1>
        ${row && html`<p class="meta"><span>${row.low === null ? `${t('full_count')}${comma}${t('no_sampling')}` : `${t('interval')} ${margin(row, definition)}`}</span><span>${t('n_is', { n: number(row.n) })}</span>
            <span>${t('unknown')} ${number(row.unknown)}</span><span>${t('better_' + definition.better)}</span><${At} position=${row.position} to="#whence" /></p>`}
        <${FigureFilters} filters=${{ ...filters, period: month }} session=${session} t=${t} path=${'/figures/' + figure} go=${go} more=${[
        ...(has_categories ? [['category', t('what'), [['', t('every')], ...choices.map((choice) => [choice.word, capital(either(choice.meaning))])]]] : []),
        ['period', t('period'), [...months].reverse().map((each) => [each, period(each)])]]} />
        ${!row ? html`<div class="section"><${Empty} title=${t('figure_none', values)} says=${t('figure_none_says')} to=${href('/figures/' + figure)} act=${t('all')} /></div>`
        : html`<${With} of=${operators}>${(answer) => html`<${Months} rows=${rows_of(answer)} definition=${definition} session=${session} t=${t} is_over=${answer.over} />
            <${Downloads} path="/api/figures" query=${{ kind: figure, by: 'operator,period', ...filters }}><${At} position=${row.position} to="#whence" /><//>`}<//>
        <div class="cols even section">
            <section><div class="head"><h2>${t('by_area')}</h2><p>${period(month)}</p></div><${With} of=${areas}>${(answer) => html`<${Plots} t=${t} definition=${definition} head=${t('area')}
                rows=${rows_of(answer)} name=${(each) => area_name(session, each)} /><${Downloads} path="/api/figures" query=${{ kind: figure, by: 'area', ...filters, period: month }} />`}<//></section>
            ${has_categories && html`<section><div class="head"><h2>${t('by_category')}</h2><p>${period(month)}</p></div><${With} of=${categories}>${(answer) => html`<${Plots} t=${t} definition=${definition} head=${t('category')}
                rows=${rows_of(answer).sort((one, other) => other.value - one.value)} name=${(each) => (each.category ? category(each.category) : t('no_category'))} /><${Downloads} path="/api/figures" query=${{ kind: figure, by: 'category', ...filters, period: month }} />`}<//></section>`}
        </div>
        <div class="cols even section"><section class="prose"><div class="head"><h2>${t('definition')}</h2></div><p>${definition.definition}</p></section>
            <section class="prose" id="whence"><div class="head"><h2>${t('whence')}</h2></div><p>${t('whence_says', { position: number(row.position) })}</p><pre>${command}</pre>
                <p>${has_categories && (session.role === 'regulator' || session.role === 'administrator') ? html`<a href=${href('/records/' + kind)}>${t('records')}</a>` : null}
                    ${session.role !== 'public' && session.role !== 'subscriber' && html` <a href=${href('/findings' + asked({ kind, operator: filters.operator, area: filters.area }))}>${t('findings')}</a>`}
                    ${figure.startsWith('usage.notice.') && ['operator', 'regulator', 'administrator'].includes(session.role) && html` <a href=${href('/reminders' + asked({ operator: filters.operator, area: filters.area }))}>${t('reminders')}</a>`}
                    ${' '}<a href=${href('/verify')}>${t('verify')}</a></p></section></div>`}`;
}
