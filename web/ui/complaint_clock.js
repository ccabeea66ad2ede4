// The clock of a duty as boxes, one a day of the limit, counted as the law counts.
import { html } from '/htm/preact/standalone.module.js';
import { basis_in_language, href, language, words } from '/ui/language.js';
import { day, end } from '/ui/format.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);
const BOXES = 45; // more days than this past a limit say no more

// The day of the start does not count: the first that does is the next one.
export const first_day = (run) => new Date(Date.parse(run.start) + 32 * 3600e3).toISOString().slice(0, 10);

function says(run) {
    if (run.day === 0) return t(run.end === 'open' ? 'run_open_first' : 'run_end_first');
    if (run.end === 'answered') return t(run.late ? 'run_answered_late' : 'run_answered', { n: run.day });
    if (run.end !== 'open') return t(`run_${run.end}`, { n: run.day });
    if (run.paused) return t('run_paused', { n: run.day });
    return t(run.late ? 'run_open_late' : 'run_open', { n: run.day });
}

// Before the day of the stop, or before today, the days are filled; the day of the stop is dark; those past the limit are marked.
function box(run, i) {
    const over = i > run.days ? ' over' : '';
    if (run.end !== 'open' && i === run.day) return `stop${over}`;
    const is_past = i < run.day || (run.paused && i === run.day);
    return (is_past ? 'ran' : '') + over;
}

function Run({ run, index, now }) {
    const count = Math.min(Math.max(run.days, run.day), run.days + BOXES);
    const open = run.end === 'open' && !run.paused && !run.late;
    const parts = [t('run_of', { from: day(first_day(run), now) }), html`<b>${says(run)}</b>`];
    if (open) parts.push(t('run_full', { day: end(run.due, now) }));
    return html`<div class="clock">
        <div class="days" role="img" aria-label=${t('run_label', { k: index + 1, limit: run.limit_says, state: says(run) })}>
            ${Array.from({ length: count }, (_, i) => html`<i key=${i} class=${box(run, i + 1) || undefined}></i>`)}</div>
        <p>${t('run_first', { n: index + 1 })}${language === 'zh' ? '：' : ': '}${parts.map((part, i) =>
            html`${i > 0 && (language === 'zh' ? '，' : ', ')}${part}`)}</p></div>`;
}

export function Clock({ item, now }) {
    const last = item.runs.at(-1);
    if (!last) return null;
    const rule = [last.basis && basis_in_language(last.basis), last.limit_from && t('rule_from', { day: day(last.limit_from) })].filter(Boolean);
    return html`<section class="mt6"><h2 class="side">${t('how_counted')}</h2>
        ${item.runs.map((run, index) => html`<${Run} key=${run.start} run=${run} index=${index} now=${now} />`)}
        <p class="small mt3"><a href=${href('/rules')}>${t('rule_answer', { limit: last.limit_says })}</a>${
            rule.map((part) => (language === 'zh' ? '，' : ', ') + part)}</p>
        </section>`;
}
