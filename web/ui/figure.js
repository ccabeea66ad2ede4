// Figures as people read them: value and margin in the unit's own decimals, verdicts, ranks, and the card.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, pick, words } from '/ui/language.js';
import { number, period, range } from '/ui/format.js';
import { get } from '/ui/api.js';
import { At } from '/ui/at.js';
import { Spark } from '/ui/chart.js';
import frame_words from '/words/frame.js';

const t = words({
    zh: {
        interval: '95%区间', full: '全数统计', no_sampling: '无抽样误差', no_margin: '样本太少', no_interval: '算不出区间',
        met: '达到', not_met: '未达到', each_in_time: '每件都应当在期限内，{n}件没有', all_in_time: '每件都在期限内',
        same: '和{period}分不出高低', more: '比{period}多{by}', less: '比{period}少{by}', higher: '比{period}高{by}', lower: '比{period}低{by}',
        cases: '{n}件', definition: '定义', spark: '由{first}到{last}',
        longer: '比{period}长{by}', shorter: '比{period}短{by}', points: '个百分点', unchanged: '和{period}一样',
    },
    en: {
        interval: '95% interval', full: 'full count', no_sampling: 'no sampling error', no_margin: 'too few', no_interval: 'for an interval',
        met: 'Met', not_met: 'Not met', each_in_time: ({ n }) => `each was owed in time, ${n} ${n === '1' ? 'was' : 'were'} not`,
        all_in_time: 'each came in time', same: 'no telling it from {period}', more: '{by} more than in {period}',
        less: '{by} fewer than in {period}', higher: '{by} higher than in {period}', lower: '{by} lower than in {period}',
        cases: ({ n }) => (n === '1' ? '1 case' : `${n} cases`), definition: 'Definition', spark: 'from {first} to {last}',
        longer: '{by} longer than in {period}', shorter: '{by} shorter than in {period}', points: ' points', unchanged: 'as in {period}',
    },
}, frame_words);

// For each unit: how often it is multiplied, decimals, the sign behind it, and words for more and less.
const units = {
    share: { times: 100, decimals: 1, sign: '%', change: pick({ zh: '个百分点', en: ' points' }), up: 'higher', down: 'lower' },
    'per million': { times: 1, decimals: 1, sign: pick({ zh: '件', en: '' }), change: pick({ zh: '件', en: '' }), up: 'more', down: 'less' },
    day: { times: 1, decimals: 1, sign: pick({ zh: '天', en: 'days' }), change: pick({ zh: '天', en: ' days' }), up: 'longer', down: 'shorter' },
    minute: { times: 1, decimals: 1, sign: pick({ zh: '分钟', en: 'minutes' }), change: pick({ zh: '分钟', en: ' minutes' }), up: 'longer', down: 'shorter' },
    complaint: { times: 1, decimals: 0, sign: pick({ zh: '件', en: '' }), change: pick({ zh: '件', en: '' }), up: 'more', down: 'less' },
};
const other_unit = (unit) => ({ times: 1, decimals: 1, sign: unit, change: ' ' + unit, up: 'higher', down: 'lower' });
export const unit_of = (unit) => units[unit] ?? other_unit(unit);

// Figures of which the law owes every single case.
const owed_in_full = new Set(['complaint.in_time', 'usage.notice.in_time']);
export const limit_of = (figure) => (owed_in_full.has(figure) ? 1 : undefined);

// The number alone, in the figure's unit: 0.978 of a share is "97.8".
export const shown = (value, unit) => (value === null || value === undefined ? '—' : number(value * unit_of(unit).times, unit_of(unit).decimals));
export const shown_with_unit = (value, unit) => shown(value, unit) + (value === null ? '' : (/^[a-z]/.test(unit_of(unit).sign) ? ' ' : '') + unit_of(unit).sign);
// "36.9–39.6", or why there is none.
export function margin(row, definition) {
    if (row.value === null) return '—';
    if (row.low !== null) return range(shown(row.low, row.unit), shown(row.high, row.unit));
    return definition?.full_count === false ? t('no_margin') : t('full');
}

// -1 when `one` is surely less than `other`, 1 when surely more, 0 when their margins meet.
export function compare(one, other) {
    const [low, high] = [one.low ?? one.value, one.high ?? one.value], [other_low, other_high] = [other.low ?? other.value, other.high ?? other.value];
    return high < other_low ? -1 : low > other_high ? 1 : 0;
}

// { sign, by, says }: how a row stands to an earlier one; says is a clause without a full stop.
export function change(row, before, short = true) {
    if (!before || before.value === null || row.value === null) return null;
    const sign = compare(row, before), unit = unit_of(row.unit), then = period(before.period, short);
    const by = shown(Math.abs(row.value - before.value), row.unit) + unit.change;
    if (row.value === before.value) return { sign: 0, says: t('unchanged', { period: then }) };
    return { sign, by, says: sign ? t(sign > 0 ? unit.up : unit.down, { period: then, by }) : t('same', { period: then }) };
}

// The places that each row may have: [{ row, from, to }], best first.
export function ranks(rows, better) {
    const sign = better === 'lower' ? 1 : -1;
    return rows.filter((row) => row.value !== null).sort((one, other) => sign * (one.value - other.value)).map((row) => ({
        row, from: 1 + rows.filter((other) => other !== row && other.value !== null && compare(row, other) === sign).length,
        to: rows.filter((other) => other.value !== null).length - rows.filter((other) => other !== row && other.value !== null && compare(row, other) === -sign).length,
    }));
}

// The answer of /api/figures, and with it over(period): whether the records reach the period's end. One that they do not reach
// looks better or worse than it will be.
let periods = null;
export async function get_figures(query) {
    if (!periods || periods.since < Date.now() - 30e3) periods = { since: Date.now(), answer: get('/api/periods', { limit: 500 }) };
    const [figures, { items }] = await Promise.all([get('/api/figures', { limit: 500, ...query }), periods.answer.catch(() => ({ items: [] }))]);
    const open = new Set(items.filter(({ over }) => over === false).map(({ period: name }) => name));
    return { ...figures, over: (name) => !open.has(name) };
}

// rows: of one figure by period, oldest first; the last is what the card says.
export function FigureCard({ rows, definition }) {
    const row = rows.at(-1), before = rows.at(-2), first = rows[0];
    const late = limit_of(row.figure) !== undefined && row.value !== null ? Math.round(row.n * (1 - row.value)) : null;
    const changed = change(row, before);
    return html`<article class="figure"><h3><a href=${href('/figures/' + row.figure)}>${capital(definition.says)}</a></h3>
        <p class="value"><b>${shown(row.value, row.unit)}</b><span>${row.value === null ? '' : unit_of(row.unit).sign}</span>
            <span class="margin">${row.value === null ? t('no_value')
        : row.low !== null ? html`${t('interval')}<br />${margin(row)}` : definition.full_count === false ? html`${t('no_margin')}<br />${t('no_interval')}`
        : html`${t('full')}<br />${t('no_sampling')}`}</span></p>
        <div><p class="says">${late !== null
        ? html`<b class=${'verdict ' + (late ? 'late' : 'met')}>${t(late ? 'not_met' : 'met')}</b>${pick({ zh: '：', en: ': ' })}${late ? t('each_in_time', { n: number(late) }) : t('all_in_time')}`
        : changed?.says}</p>
            <${Spark} points=${rows.map(({ value }) => value)} goal=${limit_of(row.figure)} first=${`${period(first.period)} ${shown(first.value, row.unit)}`}
                last=${period(row.period, true)} described=${t('spark', { first: shown(first.value, row.unit), last: shown(row.value, row.unit) })} /></div>
        <p class="notes"><span>${t('cases', { n: number(row.n) })}</span><span><a href=${href('/figures/' + row.figure)}>${t('definition')}</a><${At} position=${row.position} to=${href('/figures/' + row.figure)} /></span></p>
    </article>`;
}
