// What a number used, what is left and how long it lasts, its reminders and its bill: a person's own, or for staff one they may see.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href, words as words_of } from '/ui/language.js';
import { day, moment, money, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { At, record_address } from '/ui/at.js';
import { Input, Select } from '/ui/field.js';
import { More, Table } from '/ui/table.js';
import { amount, pool_name, service_of } from '/ui/usage_units.js';
import { Over, Pool } from '/ui/usage_pool.js';
import { Notices, Settings } from '/ui/usage_notices.js';
import { Bill, wrong_sum } from '/ui/bill.js';
import usage_words from '/words/usage.js';

export const words = usage_words;
const t = words_of(usage_words);

// The pool that runs out first, if any does.
const first_out = (usage) => usage.pools.filter(({ forecast }) => forecast && !forecast.enough).sort((one, other) => (one.forecast.day < other.forecast.day ? -1 : 1))[0];

function head_of(usage) {
    const month = period(usage.cycle), out = first_out(usage), empty = usage.pools.find(({ left, quantity }) => quantity && left === 0);
    if (out) return t('head_out', { pool: pool_name(out.pool), left: amount(service_of(out.pool), out.left, out.quantity), day: day(out.forecast.day, usage.today) });
    if (empty) return capital(t('head_empty', { pool: pool_name(empty.pool) }));
    if (usage.pools.some(({ forecast }) => forecast?.enough)) return t('head_enough', { month });
    const data = usage.pools.filter(({ pool }) => service_of(pool) === 'data').reduce((sum, { used }) => sum + used, 0) + (usage.services[0]?.over ?? 0);
    return t('head_plain', { month, used: amount('data', data) });
}

function Records({ query }) {
    const records = use_data(() => get('/api/usage/records', { ...query, limit: 50 }), [JSON.stringify(query)]);
    const columns = [
        { name: t('column_start'), head: true, cell: ({ start }) => moment(start) },
        { name: t('column_service'), cell: ({ service, scope }) => pool_name(`${service}:${scope}`) },
        { name: t('column_quantity'), n: true, cell: ({ service, quantity }) => amount(service, service === 'voice' ? Math.ceil(quantity / 60) : quantity) },
        { name: t('column_at'), cell: (record) => html`<${At} position=${record.entry} to=${record_address(record)} />` },
    ];
    return html`<${With} of=${records}>${(first) => html`<${More} first=${first}>${(items) => html`<${Table} columns=${columns} rows=${items} stack=${true} />`}<//>`}<//>`;
}

function Use({ usage, query, own, again }) {
    const [open, set_open] = useState(false);
    const is_now = usage.today.slice(0, 7) === usage.cycle;
    return html`<section class="section" id="data"><header><h2>${is_now ? t('this_month') : t('month_of', { cycle: period(usage.cycle) })}</h2>${is_now && html`<p>${t('bar_note')}</p>`}</header>
        <div class="cols"><div>${usage.pools.map((pool) => html`<${Pool} key=${pool.pool} pool=${pool} usage=${usage} />`)}<${Over} usage=${usage} />
            <p class="mt4 noprint"><button class="button plain" type="button" aria-expanded=${open} onClick=${() => set_open(!open)}>${t(open ? 'hide_records' : 'records')}</button></p>
            ${open && html`<${Records} query=${{ ...query, cycle: usage.cycle }} />`}</div>
            <div><${Notices} usage=${usage} />${own && html`<${Settings} usage=${usage} again=${again} />`}</div></div></section>`;
}

function Both({ query, own, number }) {
    const [cycle, set_cycle] = useState('');
    const usage = use_data(() => get('/api/usage', { ...query, cycle }), [JSON.stringify(query), cycle]);
    const bill_cycle = usage.data && (cycle || before(usage.data));
    const bill = use_data(() => (bill_cycle ? get('/api/bill', { ...query, cycle: bill_cycle }) : Promise.resolve(null)), [JSON.stringify(query), bill_cycle]);
    return html`<${With} of=${usage}>${(data) => html`<h1>${head_of(data)}</h1>
        <p class="meta"><span>${[number ?? data.subscriber, ...data.tariffs.map(({ name }) => name)].filter(Boolean).join(', ')}</span>
            <span>${data.latest ? t('until', { cycle: period(data.cycle), moment: moment(data.latest) }) : t('no_records', { cycle: period(data.cycle) })}</span><${At} position=${data.position} /></p>
        <${States} usage=${data} bill=${bill.data} />
        <div class="filters noprint"><${Select} id="cycle" label=${t('choose_month')} value=${cycle || data.cycle} onValue=${set_cycle}
            options=${[...new Set([...data.cycles, data.cycle, data.today.slice(0, 7)])].sort().reverse().map((each) => [each, period(each)])} /></div>
        <${Use} usage=${data} query=${query} own=${own} again=${usage.again} />
        <${With} of=${bill}>${(it) => it && html`<${Bill} bill=${it} query=${query} may_complain=${own} />`}<//>`}<//>`;
}

const month_before = (cycle) => new Date(Date.parse(`${cycle}-01`) - 1).toISOString().slice(0, 7);
// The month before the one that goes on: its bill is the newest there is. Where nothing was used before it, and in other months, the month itself.
const before = ({ cycle, cycles, today }) => (cycle === today.slice(0, 7) && cycles.some((each) => each < cycle) ? month_before(cycle) : cycle);

function States({ usage, bill }) {
    const out = first_out(usage), wrong = wrong_sum(bill);
    if (!out && !wrong) return null;
    return html`<div class="state-line mt5">
        ${out && html`<p><span class="chip soon">${t('soon')}</span><span>${capital(t('soon_says', { pool: pool_name(out.pool) }))}<a href="#data">${t('soon_act')}</a></span></p>`}
        ${wrong !== 0 && html`<p><span class="chip late">${t('wrong')}</span><span>${t(wrong > 0 ? 'wrong_says' : 'wrong_less', { cycle: period(bill.cycle), sum: money(Math.abs(wrong)) })}<a href="#bill">${t('wrong_act')}</a></span></p>`}</div>`;
}

function Asked({ session }) {
    const [typed, set_typed] = useState('');
    const [number, set_number] = useState('');
    return html`${!number && html`<h1>${t('staff_head')}</h1>${session.role === 'operator' && html`<p class="lede">${t('staff_says')}</p>`}`}
        <form class="filters noprint" onSubmit=${(event) => { event.preventDefault(); set_number(typed.trim()); }}>
            <${Input} id="number" label=${t('number')} value=${typed} onValue=${set_typed} inputmode="tel" autocomplete="off" />
            <button class="button">${t('look')}</button></form>
        ${!number && html`<p class="mt5"><a href=${href('/reminders')}>${t('reminders_link')}</a></p>`}
        ${number && html`<div class="mt5"><${Both} key=${number} query=${{ subscriber: number }} number=${number} /></div>`}`;
}

export default function Usage({ session }) {
    if (['operator', 'regulator', 'administrator'].includes(session.role)) return html`<${Asked} session=${session} />`;
    if (session.role !== 'subscriber') return html`<h1>${t('sign_first')}</h1><p class="lede">${t('sign_says')}</p>
        <p><a class="button" href=${`${href('/signin')}?by=number&to=${encodeURIComponent(href('/usage'))}`}>${t('sign_in')}</a></p>`;
    if (!session.number) return html`<h1>${t('title')}</h1><${Empty} title=${t('none')} says=${t('none_says')} />`;
    return html`<${Both} query=${{}} own=${true} />`;
}
