// The reminders that were due, those to come, and a person's own levels.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, words } from '/ui/language.js';
import { moment, money } from '/ui/format.js';
import { post } from '/ui/api.js';
import { Failed } from '/ui/state.js';
import { fault_of, Faults, Input } from '/ui/field.js';
import { amount, cap_of, pool_name, service_of } from '/ui/usage_units.js';
import usage_words from '/words/usage.js';

const t = words(usage_words);

// What can still come: nothing in a month that is over, nothing of a cap that was reached, nor steps of charges that a cap does not let come.
function coming({ pools, levels, notices, services, cycle, today }) {
    if (today.slice(0, 7) !== cycle) return [];
    const had = (pool, percent) => notices.some((notice) => notice.pool === pool && notice.percent === percent);
    const percents = [...new Set([...levels.notice_at, ...levels.own_notice_at])].sort((one, other) => one - other);
    const next = pools.filter((pool) => pool.quantity && pool.left).map(({ pool, used, quantity }) => {
        const percent = percents.find((each) => used * 100 < each * quantity && !had(pool, each));
        return percent && { when: t('next'), says: t(percent === 100 ? 'next_out' : 'next_at', { pool: pool_name(pool), percent }) };
    }).filter(Boolean);
    const data = Number(services.find(({ service }) => service === 'data')?.charge ?? 0), every = Number(levels.notice_every ?? 0);
    const caps = [cap_of(levels), cap_of({ data_cap: levels.data_cap })].filter(Boolean), cap = caps.find(({ sum }) => data < Number(sum));
    const may_step = !caps.length || (cap && (Math.floor(data / every) + 1) * every <= Number(levels.data_cap ?? Infinity));
    if (every) next.push({ when: t('later'), says: t(may_step ? 'next_every' : 'next_every_rest', { sum: money(levels.notice_every) }) });
    if (cap) next.push({ when: t('cap_when'), says: t('next_cap', { sum: money(cap.sum) }), note: t('cap_note') });
    return next;
}

export function Notices({ usage }) {
    return html`<h3 class="side">${t('notices')}</h3>
        ${!usage.notices.length && html`<p class="mt4 quiet">${t('no_notices')}</p>`}
        <ol class="timeline mt4">${usage.notices.map((notice) => html`<li key=${notice.notice}><time datetime=${notice.time}>${moment(notice.time, usage.today)}</time>
                <h3>${capital(t(`notice_${notice.level}`, { pool: pool_name(notice.pool), percent: notice.percent, charge: money(notice.charge) }))}</h3>
                ${notice.quantity !== null && html`<p>${t('notice_used', { used: amount(service_of(notice.pool), notice.used, notice.quantity), quantity: amount(service_of(notice.pool), notice.quantity) })}</p>`}</li>`)}
            ${coming(usage).map(({ when, says, note }) => html`<li class="next"><span class="when">${when}</span><h3>${capital(says)}</h3>${note && html`<p>${note}</p>`}</li>`)}</ol>
        <p class="small quiet mt2">${t('no_adverts')}</p>`;
}

export function Settings({ usage, again }) {
    const { levels } = usage;
    const [percents, set_percents] = useState(levels.own_notice_at.join(', '));
    const [cap, set_cap] = useState(levels.own_data_cap ?? '');
    const [problem, set_problem] = useState(null);
    const [saved, set_saved] = useState(false);
    const save = (event) => {
        event.preventDefault();
        const given = percents.split(/[\s,，、%]+/).filter(Boolean).map((each) => ({ percent: Number(each) }));
        set_saved(false);
        post('/api/usage/settings', { notice_at: given, ...(cap !== '' && { data_cap: String(cap) }) })
            .then(() => { set_problem(null); set_saved(true); again(); }, set_problem);
    };
    const faults = problem?.faults ?? [];
    return html`<details class="mt4"><summary>${t('settings')}</summary><form class="mt4" onSubmit=${save}>
        <${Faults} faults=${faults.map(({ field, detail, says }) => ({ field, says: says ?? detail }))} />
        ${problem && !faults.length && html`<${Failed} problem=${problem} kept=${true} />`}
        <${Input} id="notice_at" label=${t('percents')} hint=${t('percents_hint')} value=${percents} onValue=${set_percents} inputmode="numeric" wrong=${fault_of(faults, 'notice_at')?.says ?? fault_of(faults, 'notice_at')} />
        <${Input} id="data_cap" label=${t('cap')} hint=${t('cap_hint')} value=${cap} onValue=${set_cap} inputmode="decimal" wrong=${fault_of(faults, 'data_cap')} />
        <button class="button plain">${t('save')}</button>${saved && html`<p role="status" class="mt2">${t('saved')}</p>`}</form></details>`;
}
